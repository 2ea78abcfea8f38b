import { codeOf } from '../../issues'
import type { IssueCode } from '../../issues'

/** Throws unless `truth` holds. */
export function claim(truth: unknown, what: string): void {
  if (!truth) throw new Error(`contract broken: ${what}`)
}

/** Throws unless both are the same JSON. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  claim(a === b, `${what}: ${String(a).slice(0, 400)} instead of ${String(b).slice(0, 400)}`)
}

/** Throws unless the promise rejects with an OmoError of that code. */
export async function rejects(work: Promise<unknown>, code: IssueCode, what: string): Promise<void> {
  let outcome: unknown
  try {
    outcome = `resolved with ${JSON.stringify(await work)}`
  } catch (error) {
    if (codeOf(error) === code) return
    outcome = String(error)
  }
  throw new Error(`contract broken: ${what}: expected a rejection with ${code}, but ${String(outcome)}`)
}

/** Waits in real time. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until `truth()` holds, two seconds at most. */
export async function until(truth: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (truth()) return
    await pause(10)
  }
  claim(false, `${what} within two seconds`)
}

/** Text that no storage can press together, the same every time it is asked for in the same order. */
export function noise(length: number): string {
  let text = ''
  while (text.length < length) {
    state = (state * 48_271) % 2_147_483_647
    text += state.toString(36)
  }
  return text.slice(0, length)
}
let state = 1

/** Keys and names that an adapter must not trip over. */
export const hostile: readonly string[] = [
  'plain',
  '',
  ' ',
  '.',
  '..',
  '../../up',
  'a/b',
  'a\\b',
  'a:b',
  'a%3Ab',
  'a%b',
  'con',
  'NUL.txt',
  'Case',
  'case',
  '__proto__',
  'constructor',
  '键',
  '😀',
  'line\nend',
  'tab\t',
  'nul\u0000',
  'quote"\'',
  'x'.repeat(300),
]
