import { codeOf, OmoError } from '../issues'

/** A fault of the host's storage as an error with a code. Hosts tell a full store by words alone, and not by the same. */
export function storageFault(cause: unknown): OmoError {
  if (codeOf(cause)) return cause as OmoError
  const { message, errMsg, errorMessage } = (cause || {}) as { message?: unknown; errMsg?: unknown; errorMessage?: unknown }
  const text = String(message || errMsg || errorMessage || cause)
  return new OmoError(/exceed|limit|quota|full|max|size|超|满/i.test(text) ? 'quota' : 'unavailable', `storage: ${text}`, cause)
}

/** Runs `effect`, which is done when this returns. */
export function stored<T>(effect: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    try {
      resolve(effect())
    } catch (cause) {
      reject(storageFault(cause))
    }
  })
}
