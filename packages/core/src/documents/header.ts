import { accept, refuse } from '../issues'
import type { Result } from '../issues'
import { asciiBytes } from './ascii-hash'
import { caps, hashClass, keyClass } from './grammar'
import type { Header } from './types'

const name = `"(${keyClass}{1,32})"`
const number = '(0|[1-9]\\d{0,15})'
const feature = `"${keyClass}{1,32}"`
const pattern = /* @__PURE__ */ new RegExp(
  `^\\["omokit1",${name},${name},${name},${number},${number},${number},${number},"(${hashClass})","(${hashClass}|)",${name}(?:,\\[(${feature}(?:,${feature})*)\\])?\\]$`,
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
  if (text.length > caps.head) return refuse('too-large', { path: 'header' })
  const found = pattern.exec(text) as readonly [string, string, string, string, string, string, string, string, string, string, string, string?] | null
  if (!found) return refuse('malformed', { path: 'header' })
  const [version, validFrom, refreshAfter, expiresAt] = found.slice(4, 8).map(Number) as [number, number, number, number]
  const features = found[11] ? (JSON.parse(`[${found[11]}]`) as string[]) : []
  const ordered = features.every((item, i) => !i || item > (features[i - 1] as string))
  if (!ordered || version > Number.MAX_SAFE_INTEGER || expiresAt > 1e13 || validFrom >= expiresAt || refreshAfter > expiresAt)
    return refuse('malformed', { path: 'header' })
  return accept({
    brand: found[1],
    kind: found[2],
    scope: found[3],
    version,
    validFrom,
    refreshAfter,
    expiresAt,
    rootHash: found[8],
    prev: found[9],
    kid: found[10],
    features,
  })
}

/** The bytes a signature covers. Its own prefix keeps it from serving as a signature of anything else. */
export function signInput(prefix: 'head' | 'root', text: string): Uint8Array {
  return asciiBytes(`omokit.${prefix}\n${text.length}\n${text}`) || new Uint8Array(0)
}
