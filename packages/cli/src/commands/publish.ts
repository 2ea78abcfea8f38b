import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createNodePorts } from '@omokit/core/node'
import type { Row } from '@omokit/core/documents'
import type { SigningKeyFile } from '../keys/signing-key'
import { publishBooks } from '../publish/publish-books'
import { type Command, textOption } from './command'

/** A release as a file: `{brand, currency, hours?, books: {"price/base": [["6901…", 9460]], "rules/base": [["id", {…}]]}}`. */
interface ReleaseFile {
  readonly brand: string
  readonly currency: string
  /** Hours until promotions stop when no newer release comes, default 168. */
  readonly hours?: number
  readonly features?: readonly string[]
  readonly stores?: readonly string[]
  readonly books: Readonly<Record<string, readonly (readonly unknown[])[]>>
}

/** `omokit publish`: builds, signs and publishes the next release. */
export const publishCommand: Command = {
  summary: { zh: '把价格簿和规则簿签名发布为下一版', en: 'Sign price and rule books and publish them as the next release' },
  usage: 'omokit publish FILE --hub URL --key SECRET [--signing-key .omokit/signing-key.json]',
  options: { hub: { type: 'string' }, key: { type: 'string' }, 'signing-key': { type: 'string' } },
  async run(call, terminal) {
    const [path] = call.words
    const hub = textOption(call, 'hub')
    const key = textOption(call, 'key')
    if (!path || !hub || !key) {
      terminal.err.write(`${publishCommand.usage}\n`)
      return 2
    }
    const file = JSON.parse(readFileSync(resolve(terminal.cwd, path), 'utf8')) as ReleaseFile
    const signingKey = JSON.parse(readFileSync(resolve(terminal.cwd, textOption(call, 'signing-key') ?? '.omokit/signing-key.json'), 'utf8')) as SigningKeyFile
    const now = Math.floor(terminal.now() / 1000)
    const { net } = createNodePorts({ brand: file.brand, dir: resolve(terminal.cwd, '.omokit/publish') })
    const done = await publishBooks({
      net,
      hub,
      key,
      signingKey,
      draft: {
        brand: file.brand,
        validFrom: now,
        refreshAfter: now + 3600,
        expiresAt: now + (file.hours ?? 168) * 3600,
        options: { currency: file.currency },
        books: Object.fromEntries(Object.entries(file.books).map(([name, rows]) => [name, rows.map((row) => rowOf(name, row))])),
        ...(file.features ? { features: file.features } : {}),
        ...(file.stores ? { stores: file.stores } : {}),
      },
    })
    if (!done.ok) {
      terminal.err.write(`${done.issues.map((issue) => JSON.stringify(issue)).join('\n')}\n`)
      return 1
    }
    const { header } = done.value.signed
    terminal.out.write(`${JSON.stringify({ version: header.version, root: header.rootHash, validFrom: header.validFrom, expiresAt: header.expiresAt })}\n`)
    return 0
  },
}

/** A rule may stand in the file as an object; in the book it is its JSON text. */
function rowOf(book: string, row: readonly unknown[]): Row {
  const [id, ...fields] = row
  const texts = fields.map((field) => (book.startsWith('rules/') && typeof field === 'object' ? asciiJson(field) : field))
  return [String(id), ...(texts as (string | number)[])]
}

/** JSON with every character outside ASCII escaped: a book is ASCII. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
