import type { Result } from '@omokit/insights'

/** The value of an answer; fails the test with what was refused. */
export function valueOf<T>(answer: Result<T>): T {
  if (!answer.ok) throw new Error(JSON.stringify(answer.issues))
  return answer.value
}
