import { OmoError } from '../issues'
import type { Net, NetResponse } from '../ports'
import type { MiniAnswer, MiniHost } from './mini-host'

/** Hosts let ten requests fly at a time, the mini-program's own included: ours leave it six. */
const ours = 4
const longest = 60_000

/** What requests of one logic layer wait in. */
export interface Flights {
  flying: number
  /** Each answers whether it took the place. */
  readonly queue: (() => boolean)[]
}

/** Requests by the host's own call. A request that waits for its turn counts that time too. */
export function miniNet(host: () => MiniHost, flightsOf: () => Flights): Net {
  return {
    send: ({ url, method, headers = {}, body, timeoutMs = 15_000 }) =>
      new Promise<NetResponse>((resolve, reject) => {
        const flights = flightsOf()
        const ms = Math.min(timeoutMs, longest)
        let state: 'waits' | 'flies' | 'over' = 'waits'
        let abort = (): void => {}
        const end = (act: () => void): void => {
          if (state === 'over') return
          // a host that never answers must not keep the place
          if (state === 'flies') land(flights)
          state = 'over'
          clearTimeout(timer)
          act()
        }
        const timer = setTimeout(
          () =>
            end(() => {
              abort()
              reject(new OmoError('timeout', `no answer from ${url} in ${ms} ms`))
            }),
          ms,
        )
        const leave = (): boolean => {
          if (state === 'over') return false
          state = 'flies'
          flights.flying++
          try {
            abort = host().request({ url, method, headers, body, timeoutMs: ms }, (answer) => end(() => settle(answer)))
          } catch (cause) {
            end(() => settle({ fault: String(cause), timeout: false }))
          }
          return true
        }
        const settle = (answer: MiniAnswer): void => {
          if ('fault' in answer) return reject(new OmoError(answer.timeout ? 'timeout' : 'unavailable', `no answer from ${url}: ${answer.fault}`))
          const status = Number(answer.status) // some clients give a string
          if (!(status >= 100)) return reject(new OmoError('unavailable', `no status from ${url}`))
          resolve({ status, headers: lowered(answer.headers), text: typeof answer.data === 'string' ? answer.data : asText(answer.data) })
        }
        if (flights.flying < ours) leave()
        else flights.queue.push(leave)
      }),
  }
}

/** A place is free: the next that still wants it takes it. */
function land(flights: Flights): void {
  flights.flying--
  for (let next = flights.queue.shift(); next && !next(); ) next = flights.queue.shift()
}

function lowered(headers: unknown): Record<string, string> {
  const found: Record<string, string> = {}
  const given = (headers || {}) as Record<string, unknown>
  Object.keys(given).forEach((name) => (found[name.toLowerCase()] = String(given[name])))
  return found
}

/** Some clients parse whatever looks like JSON, whatever was asked for. */
const asText = (data: unknown): string => (data === undefined || data === null ? '' : JSON.stringify(data))
