import { OmoError } from '../issues'
import type { Net } from '../ports'

/** Bodies below this gain nothing by compression. */
const least = 2_000

/**
 * Requests by the host's `fetch`: browsers, workers and Node. No cookie is ever sent: keys are.
 *
 * @param pack compresses the bodies for a server that said it takes gzip (`accept-encoding` of an answer, RFC 9110);
 * answers undefined where the host cannot. What leaves with the page goes as it is: there is no time.
 */
export function fetchNet(pack?: (text: string) => Promise<Uint8Array | undefined>): Net {
  /** Servers that take gzip, by origin. */
  const takes: Record<string, boolean> = {}
  return {
    send: ({ url, method, headers, body, timeoutMs = 15_000, keepalive }) =>
      new Promise((resolve, reject) => {
        const abort = typeof AbortController === 'undefined' ? undefined : new AbortController()
        const timer = setTimeout(() => {
          reject(new OmoError('timeout', url))
          if (abort) abort.abort()
        }, timeoutMs)
        const call = async (): Promise<void> => {
          const origin = url.split('/', 3).join()
          const packed = pack && takes[origin] && body && body.length > least && !keepalive ? await pack(body) : undefined
          const options = { method, headers, body, keepalive, credentials: 'omit', signal: abort && abort.signal } as RequestInit
          const answer = await fetch(url, packed ? { ...options, headers: { ...headers, 'content-encoding': 'gzip' }, body: packed as BodyInit } : options)
          const found: Record<string, string> = {}
          answer.headers.forEach((value, name) => (found[name] = value))
          if (pack) takes[origin] = /gzip/.test(found['accept-encoding'] || '')
          resolve({ status: answer.status, headers: found, text: await answer.text() })
        }
        call()
          .catch((cause) => reject(new OmoError('unavailable', url, cause)))
          .then(() => clearTimeout(timer))
      }),
  }
}
