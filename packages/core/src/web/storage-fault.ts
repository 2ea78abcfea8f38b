import { codeOf, OmoError } from '../issues'

/** A fault of the browser's storage as an error with a code. */
export function storageFault(cause: unknown): OmoError {
  if (codeOf(cause)) return cause as OmoError
  const name = String(cause && (cause as Error).name)
  return new OmoError(/quota/i.test(name) ? 'quota' : 'unavailable', `storage: ${name}`, cause)
}
