import { codeOf, OmoError } from '../issues'

/** A fault of the file system as an error with a code. */
export function fileFault(cause: unknown): OmoError {
  if (codeOf(cause)) return cause as OmoError
  const code = systemCode(cause)
  return new OmoError(code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG' ? 'quota' : 'unavailable', `storage: ${code}`, cause)
}

/** Node's name of a system error: ENOENT, EEXIST, … */
export const systemCode = (cause: unknown): string => String((cause as { code?: unknown } | null)?.code ?? cause)
