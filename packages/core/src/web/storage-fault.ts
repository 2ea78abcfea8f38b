import { codeOf, OmoError } from '../issues'

/** Throws a fault of the browser's storage as an error with a code. */
export function storageFault(cause: unknown): never {
  if (codeOf(cause)) throw cause
  const { name } = Object(cause) as Error
  throw new OmoError(/quota/i.test(name) ? 'quota' : 'unavailable', `storage: ${name}`, cause)
}
