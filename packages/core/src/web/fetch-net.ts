import { OmoError } from '../issues'
import type { Net, NetRequest, NetResponse } from '../ports'

/** Compresses the bodies of requests for servers that take it. */
export interface Packing {
  /** The request as it goes out. */
  pack(request: NetRequest, init: RequestInit): Promise<RequestInit>
  /** A server answered. */
  heard(url: string, headers: NetResponse['headers']): void
}

/** Requests by the host's `fetch`: browsers, workers and Node. No cookie is ever sent: keys are. */
export function fetchNet(packing?: Packing): Net {
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const { url, method, headers, body, timeoutMs = 15_000, keepalive } = request
        const abort = typeof AbortController === 'undefined' ? undefined : new AbortController()
        const timer = setTimeout(() => {
          reject(new OmoError('timeout', url))
          if (abort) abort.abort()
        }, timeoutMs)
        const call = async (): Promise<void> => {
          const init = { method, headers, body, keepalive, credentials: 'omit', signal: abort && abort.signal } as RequestInit
          const answer = await fetch(url, packing ? await packing.pack(request, init) : init)
          const found: Record<string, string> = {}
          answer.headers.forEach((value, name) => (found[name] = value))
          if (packing) packing.heard(url, found)
          resolve({ status: answer.status, headers: found, text: await answer.text() })
        }
        call()
          .catch((cause) => reject(new OmoError('unavailable', url, cause)))
          .then(() => clearTimeout(timer))
      }),
  }
}
