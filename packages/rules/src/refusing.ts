import { codeOf, refuse } from '@omokit/core'
import type { Result } from '@omokit/core'

/** What `run` answers; a refusal where it met numbers above the safe integers or too much work. What a price source throws is the caller's. */
export function refusing<T>(run: () => Result<T>): Result<T> {
  try {
    return run()
  } catch (fault) {
    const code = codeOf(fault)
    if (code === 'not-an-amount' || code === 'work-bound') return refuse(code)
    throw fault
  }
}
