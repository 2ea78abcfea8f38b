import { accept, refuse } from '../issues'
import type { Result } from '../issues'
import { taggedBytes } from './ascii-hash'
import { headCap } from './caps'
import { hashClass, keyClass } from './grammar'
import type { Header, SignedHeader } from './types'

const name = `"${keyClass}{1,32}"`
const pattern = /* @__PURE__ */ new RegExp(
  `^\\["omokit1"(,${name}){3}(,(0|[1-9]\\d{0,15})){4},"${hashClass}","(${hashClass}|)",${name}(,\\[${name}(,${name})*\\])?\\]$`,
)

/** The one spelling of a header. Not checked: use {@link readHeader} on the result when the fields come from outside. */
export function headerText(header: Header): string {
  const { brand, kind, scope, version, validFrom, refreshAfter, expiresAt, rootHash, prev, kid, features } = header
  const fields: unknown[] = ['omokit1', brand, kind, scope, version, validFrom, refreshAfter, expiresAt, rootHash, prev, kid]
  if (features.length) fields.push(features.slice().sort())
  return JSON.stringify(fields)
}

/** Reads a header that has its one spelling. Issues: `too-large`, `malformed`. Says nothing about who signed it. */
export function readHeader(text: string): Result<Header> {
  if (text.length > headCap) return refuse('too-large', { path: 'header' })
  // the pattern leaves one spelling of everything but for the order of features and the size of numbers
  const [, brand, kind, scope, version, validFrom, refreshAfter, expiresAt, rootHash, prev, kid, features = []] = (
    pattern.test(text) ? JSON.parse(text) : []
  ) as Fields
  const ordered = features.every((item, i) => !i || item > (features[i - 1] as string))
  if (!(ordered && version < 2 ** 53 && expiresAt <= 1e13 && validFrom < expiresAt && refreshAfter <= expiresAt)) return refuse('malformed', { path: 'header' })
  return accept({ brand, kind, scope, version, validFrom, refreshAfter, expiresAt, rootHash, prev, kid, features })
}

/** The first two lines of a pack, a view, a delta or a proof: a header, which is read, and its signature, which is not looked at. */
export function readSigned(message: string): Result<SignedHeader> {
  const [text = '', signature = ''] = message.split('\n', 2)
  const header = readHeader(text)
  return header.ok ? accept({ header: header.value, text, signature }) : header
}

/** The bytes a signature covers. Its own prefix keeps it from serving as a signature of anything else. */
export function signInput(prefix: 'head' | 'root', text: string): Uint8Array {
  return taggedBytes(prefix, text)
}

type Fields = readonly [string, string, string, string, number, number, number, number, string, string, string, (readonly string[])?]
