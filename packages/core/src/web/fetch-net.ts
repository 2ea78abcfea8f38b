import { OmoError } from '../issues'
import type { Net } from '../ports'

/** One call of the host's `fetch`. */
export type Ask = (url: string, init: RequestInit) => Promise<Response>

/** Requests by the host's `fetch`: browsers, workers and Node. No cookie is ever sent: keys are. */
export function fetchNet(ask: Ask = (url, init) => fetch(url, init)): Net {
  return {
    send: ({ url, method, headers, body, timeoutMs = 15_000, keepalive }) =>
      new Promise((resolve, reject) => {
        const abort = typeof AbortController === 'undefined' ? undefined : new AbortController()
        const timer = setTimeout(() => {
          reject(new OmoError('timeout', url))
          if (abort) abort.abort()
        }, timeoutMs)
        const call = async (): Promise<void> => {
          const init = { method, headers, body, keepalive, credentials: 'omit', signal: abort && abort.signal } as RequestInit
          const answer = await ask(url, init)
          const found: Record<string, string> = {}
          answer.headers.forEach((value, name) => (found[name] = value))
          resolve({ status: answer.status, headers: found, text: await answer.text() })
        }
        call()
          .catch((cause) => reject(new OmoError('unavailable', url, cause)))
          .then(() => clearTimeout(timer))
      }),
  }
}
