import { OmoError } from '../issues'
import type { Net, Timer } from '../ports'

/** The part of a `Response` that is used. */
export interface FetchAnswer {
  readonly status: number
  readonly headers: { forEach(each: (value: string, name: string) => void): void }
  text(): Promise<string>
}

/** The global `fetch`, a Hono app's `request`, or a function of one's own. */
export type FetchLike = (
  url: string,
  init: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string },
) => FetchAnswer | Promise<FetchAnswer>

/** HTTP over anything shaped like `fetch`: a server in the same process needs no socket. */
export function fetchNet(fetch: FetchLike, timer: Timer): Net {
  return {
    send: ({ url, method, headers = {}, body, timeoutMs = 15_000 }) =>
      new Promise((resolve, reject) => {
        const cancel = timer.after(timeoutMs, () => reject(new OmoError('timeout', `no answer from ${url} in ${timeoutMs} ms`)))
        const call = async (): Promise<void> => {
          const answer = await fetch(url, { method, headers: { ...headers }, ...(body === undefined ? {} : { body }) })
          const found: Record<string, string> = {}
          answer.headers.forEach((value, name) => (found[name.toLowerCase()] = value))
          resolve({ status: answer.status, headers: found, text: await answer.text() })
        }
        call()
          .catch((cause) => reject(new OmoError('unavailable', `no answer from ${url}`, cause)))
          .then(cancel)
      }),
  }
}
