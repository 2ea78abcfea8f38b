import { readRoot } from './book'
import { keyClass } from './grammar'
import type { Book } from './types'

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

/** Header line, signature line and sections; undefined when the text is anything else or names a section twice. */
export function readSections(text: string): { readonly header: string; readonly signature: string; readonly sections: readonly Section[] } | undefined {
  const first = text.indexOf('\n')
  const second = text.indexOf('\n', first + 1)
  const sections = first < 0 || second < 0 ? undefined : readFrom(text, second + 1)
  return sections && { header: text.slice(0, first), signature: text.slice(first + 1, second), sections }
}

/** Chunks in the order they were asked for, as one section. */
export function chunksText(chunks: readonly string[]): string {
  return sectionText('chunks', chunks)
}

/** The chunks of a text that is one section; undefined for any other. */
export function readChunks(text: string): readonly string[] | undefined {
  const sections = readFrom(text, 0)
  return sections && sections.length === 1 ? (sections[0] as Section).chunks : undefined
}

function readFrom(text: string, from: number): readonly Section[] | undefined {
  const sections: Section[] = []
  const seen: { [name: string]: true } = Object.create(null) as { [name: string]: true }
  for (let at = from; at < text.length; ) {
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
