import type { Ports, Result } from '@omokit/core'

/** What {@link follow} needs from the one that holds the releases. */
export interface FollowOptions {
  readonly ports: Ports
  readonly pollMs: number
  /** Address of the event stream, with the version held now. */
  readonly url: () => string
  /** Asks the hub, or takes the delta it sent. Never rejects. */
  readonly refresh: (delta?: string) => Promise<Result<number>>
  /** Called as time passes: milliseconds until something changes by itself, and whether the hub should be asked because the release is stale. */
  readonly boundary: () => { readonly wait: number; readonly stale: boolean }
}

const firstPause = 1000
const longestPause = 300_000

/**
 * Listens to the hub: server-sent events where the runtime has them, polls where it has not and while the stream is down.
 * Pauses double with full jitter; coming online or into view asks at once. Returns the function that ends it.
 */
export function follow(options: FollowOptions): () => void {
  const { ports, pollMs, refresh, boundary } = options
  const { net, life, timer, entropy } = ports
  let ended = false
  let close: (() => void) | undefined
  let cancel: (() => void) | undefined
  let cancelTick: (() => void) | undefined
  let failures = 0
  let round = 0

  function connect(): void {
    if (ended) return
    round++
    if (cancel) cancel()
    if (close) close()
    close = undefined
    if (!net.stream) return void poll(round)
    const mine = round
    close = net.stream(options.url(), {
      onOpen: () => {
        failures = 0
      },
      onEvent: ({ type, data }) => {
        if (ended || mine !== round) return
        if (type === 'd' || type === 'n') void refresh(type === 'd' ? data : undefined).then(retick)
      },
      onError: () => {
        if (ended || mine !== round) return
        if (close) close()
        close = undefined
        failures++
        // a proxy may swallow event streams and let plain requests pass
        void refresh().then(() => later(mine, pause()))
      },
    })
  }

  async function poll(mine: number): Promise<void> {
    const result = await refresh()
    retick()
    failures = result.ok ? 0 : failures + 1
    later(mine, failures ? pause() : Promise.resolve(pollMs))
  }

  function later(mine: number, wait: Promise<number>): void {
    void wait.then((ms) => {
      if (!ended && mine === round) cancel = timer.after(ms, connect)
    })
  }

  /** Full jitter, and never less than a tenth: thousands of tills come back at once after a power cut. */
  async function pause(): Promise<number> {
    const most = Math.min(longestPause, firstPause * 2 ** Math.min(failures, 12))
    const [byte = 128] = await entropy.fill(1).catch(() => [])
    return Math.max(most / 10, (most * byte) / 256)
  }

  function tick(): void {
    if (ended) return
    const { wait, stale } = boundary()
    if (stale && failures === 0 && close) void refresh()
    cancelTick = timer.after(Math.max(50, wait), tick)
  }

  /** What came may change when something is due. */
  function retick(): void {
    if (cancelTick) cancelTick()
    tick()
  }

  function wake(): void {
    if (ended) return
    retick()
    // an open stream is left alone, a pause is cut short
    if (!close) connect()
  }

  const offs = [life.onShow(wake), life.onOnline((online) => online && wake())]
  connect()
  tick()
  return () => {
    ended = true
    for (const off of offs.concat(close || [], cancel || [], cancelTick || [])) off()
  }
}
