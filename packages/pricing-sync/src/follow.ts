import type { Ports, Result } from '@omokit/core'

const firstPause = 1000
const longestPause = 300_000

/**
 * Listens to the hub: server-sent events where the runtime has them, polls where it has not and while the stream is down.
 * Pauses double with full jitter; coming online or into view asks at once. Returns the function that ends it.
 *
 * @param url address of the event stream, with the version held now
 * @param refresh asks the hub, or takes the delta it sent; never rejects
 * @param boundary called as time passes, with whether a stream is open: milliseconds until something changes by itself
 */
export function follow(
  ports: Ports,
  pollMs: number,
  url: () => string,
  refresh: (delta?: string) => Promise<Result<number>>,
  boundary: (open: boolean) => number,
): () => void {
  /** Counts the connections, so that what comes of an old one is told apart; 0 when all has ended. */
  let round = 1
  let failures = 0
  let close: (() => void) | undefined
  let cancel = (): void => undefined
  let cancelTick = cancel

  function connect(): void {
    if (!round) return
    const mine = ++round
    shut()
    if (!ports.net.stream) return void ask(mine)
    close = ports.net.stream(url(), {
      onOpen: () => {
        failures = 0
      },
      onEvent: ({ type, data }) => {
        if (mine === round && (type === 'd' || type === 'n')) void refresh(type === 'd' ? data : undefined).then(tick)
      },
      onError: () => {
        if (mine !== round) return
        shut()
        // a proxy may swallow event streams and let plain requests pass
        void ask(mine)
      },
    })
  }

  function shut(): void {
    cancel()
    if (close) close()
    close = undefined
  }

  /** Asks without a stream and comes back: with full jitter, and never less than a tenth, for thousands of tills come back at once after a power cut. */
  async function ask(mine: number): Promise<void> {
    const { ok } = await refresh()
    if (mine !== round) return
    tick()
    failures = ok && !ports.net.stream ? 0 : failures + 1
    const most = Math.min(longestPause, firstPause * 2 ** failures)
    const [byte = 128] = await ports.entropy.fill(1).catch(() => [])
    if (mine === round) cancel = ports.timer.after(failures ? most * Math.max(0.1, byte / 256) : pollMs, connect)
  }

  /** Also when something came: it may change when something is due. */
  function tick(): void {
    cancelTick()
    if (round) cancelTick = ports.timer.after(Math.max(50, boundary(!failures && !!close)), tick)
  }

  function wake(): void {
    tick()
    // an open stream is left alone, a pause is cut short
    if (!close) connect()
  }

  const offs = [ports.life.onShow(wake), ports.life.onOnline((online) => online && wake())]
  connect()
  tick()
  return () => {
    round = 0
    shut()
    tick()
    for (const off of offs) off()
  }
}
