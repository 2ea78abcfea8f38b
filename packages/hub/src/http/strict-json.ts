import type { IssueCode } from '@omokit/core'

/** An element of an array found by {@link scanJson}: its exact text and what is wrong inside it. */
export interface JsonSlice {
  readonly text: string
  /** duplicate-key or too-deep, when the element has that fault. */
  readonly issue?: IssueCode
}

/** What one pass over a JSON text found. */
export interface JsonScan {
  /** The first fault outside the sliced elements; the text is not to be used then. */
  readonly issue?: IssueCode
  /** UTF-16 index of the fault. */
  readonly at?: number
  /** Elements of the array named by `slice` in the top object, in order; absent when there is no such array. */
  readonly slices?: readonly JsonSlice[]
  /** The text with the sliced array emptied: what is left to parse of the envelope. */
  readonly rest: string
}

/** What to look for. */
export interface ScanOptions {
  /** Deepest nesting allowed; the top value has depth 1. */
  readonly depth: number
  /** Name of the array in the top object whose elements are wanted as texts. */
  readonly slice?: string
  /** Most elements of that array. */
  readonly elements?: number
}

/**
 * Reads JSON text (RFC 8259) strictly in one pass, without recursion and without building values: grammar, nesting, keys
 * named twice in one object. A fault inside an element of the sliced array belongs to that element, so that its siblings
 * can still be taken; broken grammar spoils the whole.
 */
export function scanJson(text: string, options: ScanOptions): JsonScan {
  const { depth: maxDepth, slice, elements = Infinity } = options
  const slices: { text: string; issue?: IssueCode }[] = []
  // one entry a level: the keys seen in an object, or null for an array
  const levels: (Set<string> | null)[] = []
  let key = ''
  let inSlice = false
  let sliceFrom = -1
  let sliceTo = -1
  let elementFrom = -1
  let elementIssue: IssueCode | undefined
  let issue: IssueCode | undefined
  let issueAt = 0
  let at = 0
  const stop = (code: IssueCode): JsonScan => ({ issue: code, at, rest: '' })
  const note = (code: IssueCode): void => {
    if (elementFrom >= 0) elementIssue ??= code
    else if (!issue) {
      issue = code
      issueAt = at
    }
  }
  // what may come next
  let want: Want = Want.value
  for (;;) {
    at = skipSpace(text, at)
    const code = text.charCodeAt(at)
    if (want === Want.nothing) {
      if (at < text.length) return stop('malformed')
      break
    }
    if (at >= text.length) return stop('malformed')
    if (want === Want.value || want === Want.valueOrEnd) {
      if (code === closeArray && want === Want.valueOrEnd) {
        want = Want.comma
        continue
      }
      const depth = levels.length
      if (inSlice && depth === 2 && elementFrom < 0) {
        if (slices.length >= elements) return stop('too-many')
        elementFrom = at
        elementIssue = undefined
      }
      if (code === openObject || code === openArray) {
        if (depth >= maxDepth) note('too-deep')
        levels.push(code === openObject ? new Set() : null)
        if (code === openArray && depth === 1 && slice !== undefined && key === slice && sliceFrom < 0) {
          inSlice = true
          sliceFrom = at + 1
        }
        at++
        want = code === openObject ? Want.keyOrEnd : Want.valueOrEnd
        continue
      }
      const end = code === quote ? skipString(text, at) : skipScalar(text, at)
      if (end < 0) return stop('malformed')
      at = end
      want = levels.length ? Want.comma : Want.nothing
    } else if (want === Want.keyOrEnd || want === Want.key) {
      if (code === closeObject && want === Want.keyOrEnd) {
        want = Want.comma
        continue
      }
      if (code !== quote) return stop('malformed')
      const end = skipString(text, at)
      if (end < 0) return stop('malformed')
      const raw = text.slice(at + 1, end - 1)
      const name = raw.indexOf('\\') < 0 ? raw : (JSON.parse(`"${raw}"`) as string)
      const seen = levels[levels.length - 1] as Set<string>
      if (seen.has(name)) note('duplicate-key')
      seen.add(name)
      if (levels.length === 1) key = name
      at = skipSpace(text, end)
      if (text.charCodeAt(at) !== colon) return stop('malformed')
      at++
      want = Want.value
      continue
    } else {
      // after a value: a comma or the end of what it stands in
      const seen = levels[levels.length - 1] as Set<string> | null
      if (code === comma) {
        at++
        want = seen ? Want.key : Want.value
        continue
      }
      if (code !== (seen ? closeObject : closeArray)) return stop('malformed')
      if (inSlice && levels.length === 2) {
        inSlice = false
        sliceTo = at
      }
      levels.pop()
      at++
      want = levels.length ? Want.comma : Want.nothing
    }
    // a value has just ended
    if (inSlice && levels.length === 2 && elementFrom >= 0) {
      slices.push(elementIssue ? { text: text.slice(elementFrom, at), issue: elementIssue } : { text: text.slice(elementFrom, at) })
      elementFrom = -1
    }
  }
  const rest = sliceFrom < 0 ? text : text.slice(0, sliceFrom) + text.slice(sliceTo)
  return { ...(issue ? { issue, at: issueAt } : {}), ...(sliceFrom < 0 ? {} : { slices }), rest }
}

enum Want {
  value,
  valueOrEnd,
  key,
  keyOrEnd,
  comma,
  nothing,
}

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const openObject = 0x7b
const closeObject = 0x7d
const openArray = 0x5b
const closeArray = 0x5d

function skipSpace(text: string, at: number): number {
  for (;;) {
    const code = text.charCodeAt(at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at
    at++
  }
}

/** Index after the closing quote, or −1. */
function skipString(text: string, at: number): number {
  for (at++; ; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) return at + 1
    // NaN past the end
    if (!(code >= 0x20)) return -1
    if (code !== 0x5c) continue
    const escaped = text.charCodeAt(++at)
    if (escaped === 0x75) {
      for (let i = 0; i < 4; i++) if (!isHex(text.charCodeAt(++at))) return -1
    } else if (!isEscape(escaped)) return -1
  }
}

// " \ / b f n r t
const isEscape = (c: number): boolean => c === 0x22 || c === 0x5c || c === 0x2f || c === 0x62 || c === 0x66 || c === 0x6e || c === 0x72 || c === 0x74

const isHex = (c: number): boolean => (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66)

const scalar = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y

function skipScalar(text: string, at: number): number {
  scalar.lastIndex = at
  return scalar.test(text) ? scalar.lastIndex : -1
}
