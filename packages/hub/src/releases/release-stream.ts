import type { HubContext } from '../hub-context'
import type { ReleaseFeed } from './release-feed'

/** What an event stream says to one reader. */
export interface ReleaseStreamOptions {
  readonly brand: string
  /** The version the reader holds, 0 for none. */
  readonly since: number
  /** The message that leads from a version to the newest: undefined when the reader is current. */
  readonly next: (since: number) => Promise<ReleaseEvent | undefined>
}

export interface ReleaseEvent {
  readonly version: number
  /** d: the delta itself; n: header and signature only, fetch the rest. */
  readonly event: 'd' | 'n'
  readonly data: string
}

const heartbeat = 25_000

/** A response of server-sent events: what was missed at once, then each release as it is published, a comment every 25 s. */
export function releaseStream(context: HubContext, feed: ReleaseFeed, open: Set<() => void>, options: ReleaseStreamOptions): Response {
  const encoder = new TextEncoder()
  let { since } = options
  let end = (): void => undefined
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      let ended = false
      let chain: Promise<void> = Promise.resolve()
      const say = (text: string): void => {
        if (!ended) controller.enqueue(encoder.encode(text))
      }
      const look = (): void => {
        // one after the other, so that versions only go up
        chain = chain
          .then(async () => {
            const event = ended ? undefined : await options.next(since)
            if (!event || event.version <= since) return
            since = event.version
            say(eventText(event))
          })
          .catch(context.onFault)
      }
      const offFeed = feed.follow(options.brand, look)
      const offBeat = context.effects.every(heartbeat, () => say(':\n\n'))
      end = () => {
        if (ended) return
        ended = true
        offFeed()
        offBeat()
        open.delete(end)
        try {
          controller.close()
        } catch {
          // the reader went away first
        }
      }
      open.add(end)
      say(':\n\n')
      look()
    },
    cancel() {
      end()
    },
  })
  return new Response(stream, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' } })
}

/** The bytes of one server-sent event (WHATWG HTML, §9.2). */
export function eventText({ version, event, data }: ReleaseEvent): string {
  return `id: ${version}\nevent: ${event}\ndata: ${data.split('\n').join('\ndata: ')}\n\n`
}
