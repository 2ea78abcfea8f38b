import { readRoot } from './book'
import { keyClass } from './grammar'
import type { Book, SignedHeader } from './types'

/** Chunks under a name, as packs and proofs carry them. */
export interface Section {
  readonly name: string
  readonly chunks: readonly string[]
}

const opening = /* @__PURE__ */ new RegExp(`^#(${keyClass}{1,64}) \\d{1,6} ([\\d,]+)$`)

/** `#name count length,length,…`, a newline, the chunks' characters, a newline. */
export function sectionText(name: string, chunks: readonly string[]): string {
  return `#${name} ${chunks.length} ${chunks.map((chunk) => chunk.length).join()}\n${chunks.join('')}\n`
}

/** The sections behind the two lines of a signed header; undefined when the text is anything else or names a section twice. */
export function readSections(text: string, signed: Pick<SignedHeader, 'text' | 'signature'>): readonly Section[] | undefined {
  const sections: Section[] = []
  const seen: { [name: string]: true } = Object.create(null) as { [name: string]: true }
  let at = signed.text.length + signed.signature.length + 2
  if (at > text.length) return undefined
  while (at < text.length) {
    const start = at
    at = text.indexOf('\n', start) + 1
    const [, name = '', lengths = ''] = opening.exec(text.slice(start, at - 1)) || []
    const chunks = lengths.split(',').map((length) => text.slice(at, (at += Number(length))))
    // written again it must be the same characters: that leaves one spelling without a rule for each way to go wrong
    if (!name || seen[name] || sectionText(name, chunks) !== text.slice(start, ++at)) return undefined
    seen[name] = true
    sections.push({ name, chunks })
  }
  return sections
}

/** Chunks in the order they were asked for, as one section. */
export function chunksText(chunks: readonly string[]): string {
  return sectionText('chunks', chunks)
}

/** The chunks of a text that is one section; undefined for any other. */
export function readChunks(text: string): readonly string[] | undefined {
  const sections = readSections(`\n\n${text}`, { text: '', signature: '' })
  return sections && sections.length === 1 ? (sections[0] as Section).chunks : undefined
}

/** Root, index parts, buckets, in that order. */
export function chunksOf(book: Book): string[] {
  return [book.root].concat(book.index, book.buckets)
}

/** The book of a section's chunks, or its outline when they end with the index; undefined when they are not as many as the root says. */
export function bookOf(chunks: readonly string[]): Book | undefined {
  const root = readRoot(chunks[0] || '')
  if (!root) return undefined
  const parts = root.names.length
  if (chunks.length !== 1 + parts && chunks.length !== 1 + parts + 2 ** root.bits) return undefined
  return { root: chunks[0] as string, index: chunks.slice(1, 1 + parts), buckets: chunks.slice(1 + parts) }
}
