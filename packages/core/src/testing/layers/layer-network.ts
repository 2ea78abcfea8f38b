import type { LayerClock } from './layer-clock'
import type { Pulse } from './pulse'

/** A request as it leaves the layer. */
export interface LayerRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

export interface LayerAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** The world behind the layer: rejects for no answer. */
export type LayerServer = (request: LayerRequest) => Promise<LayerAnswer>

/** The host's network stack: at most ten requests fly, the rest wait; those in flight when the layer freezes fail. */
export interface LayerNetwork {
  online: boolean
  /** The most that ever flew at a time. */
  readonly most: number
  /** Requests that left. */
  readonly sent: number
  send(request: LayerRequest & { readonly timeoutMs: number }, done: (outcome: LayerAnswer | 'error' | 'timeout' | 'interrupted' | 'abort') => void): () => void
  interrupt(): void
}

const limit = 10

export function createLayerNetwork(server: LayerServer, pulse: Pulse, clock: LayerClock): LayerNetwork {
  let flying = 0
  let most = 0
  let sent = 0
  const queue: (() => void)[] = []
  const flights = new Set<() => void>()
  const network: LayerNetwork = {
    online: true,
    get most() {
      return most
    },
    get sent() {
      return sent
    },
    send({ timeoutMs, ...request }, done) {
      let over = false
      let flies = false
      const end = (outcome: Parameters<typeof done>[0]): void => {
        if (over) return
        over = true
        cancel()
        flights.delete(interrupt)
        if (flies) {
          flying--
          const next = queue.shift()
          if (next) next()
        }
        pulse.enter(() => done(outcome))
      }
      const interrupt = (): void => end('interrupted')
      const cancel = clock.timer.after(Math.min(timeoutMs, 60_000), () => end('timeout'))
      const leave = (): void => {
        if (over) {
          const next = queue.shift()
          return next && next()
        }
        flies = true
        sent++
        most = Math.max(most, ++flying)
        flights.add(interrupt)
        if (!network.online) return void clock.timer.after(1, () => end('error'))
        server(request).then(end, () => end('error'))
      }
      if (flying < limit) leave()
      else queue.push(leave)
      return () => end('abort')
    },
    interrupt: () => Array.from(flights).forEach((each) => each()),
  }
  return network
}
