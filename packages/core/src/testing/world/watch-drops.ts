import type { LogRecord } from '../../ports'
import type { World } from './world'
import type { WorldDevice } from './world-device'

/** What left a device without the hub having settled it. */
export interface Drops {
  /** `stream.seq` of facts that left for want of room. */
  readonly evicted: ReadonlySet<string>
  /** `stream.seq` of facts that were deleted because somebody asked for it. */
  readonly purged: ReadonlySet<string>
  /** Call for each device before it runs. */
  watch(device: WorldDevice): void
}

/**
 * Watches what leaves the logs.
 *
 * - **I6** only facts of the observe lane leave for want of room; on a device with one tab the oldest of the lowest priority
 *   first, but for what was appended while room was made (a tab leaves streams of others alone, and these come and go)
 * - **I8** nothing else leaves before the hub has settled it, but what was purged
 *
 * @param settled whether an answer of the hub has settled the number
 * @param given the text a record had when it was handed to the log
 */
export function watchDrops(world: World, settled: (stream: string, seq: number) => boolean, given: (id: string) => string | undefined): Drops {
  const evicted = new Set<string>()
  const purged = new Set<string>()
  /** When each record was handed to a log. */
  const times = new Map<string, number>()

  function dropped(device: WorldDevice, stream: string, gone: readonly LogRecord[]): void {
    const open = gone.filter(({ seq }) => !settled(stream, seq))
    if (!open.length) return
    const mark = JSON.parse(device.kept('e/' + stream) || 'null') as unknown
    const ids = open.map(({ seq }) => `${stream}.${seq}`)
    if (ids.some((id) => isTrade(given(id)))) world.broken('I8', `trade left ${device.name} before the hub had it: ${ids.join()}`)
    if (mark && mark !== 'end') return ids.forEach((id) => purged.add(id))
    ids.forEach((id) => evicted.add(id))
    if (device.tabs === 1) inOrder(device, stream, open, gone)
  }

  function inOrder(device: WorldDevice, stream: string, open: readonly LogRecord[], gone: readonly LogRecord[]): void {
    const { tried } = JSON.parse(device.kept('a/' + stream) || '{"tried":0}') as { readonly tried: number }
    const broken = new Set(device.damaged.map((record) => `${record.stream}.${record.seq}`))
    const rank = (seq: number): number => priorityOf(given(`${stream}.${seq}`) || '')
    const highest = Math.max(...open.map(({ seq }) => rank(seq)))
    const newest = Math.max(...open.filter(({ seq }) => rank(seq) === highest).map(({ seq }) => seq))
    // a tab may be frozen between its look and its drop
    const before = world.now() - (world.faults.freeze || world.faults.bfcache ? 65_000 : 3000)
    const leaving = new Set(gone.map(({ seq }) => seq))
    const stays = device.held(stream).filter(({ seq }) => !leaving.has(seq))
    // the newest fact stays to show the hub the gap, with what was stated after it; so does what may be with the hub, and what
    // cannot be read any more
    const facts = stays.filter(({ seq }) => rank(seq) < 3)
    facts.slice(0, -1).forEach(({ seq }) => {
      const id = `${stream}.${seq}`
      if (seq <= tried || broken.has(id) || (times.get(id) || 0) > before) return
      if (rank(seq) < highest || (rank(seq) === highest && seq < newest))
        world.broken('I6', `${stream}.${newest} of priority ${highest} left ${device.name} and ${id} of ${rank(seq)} stayed`)
    })
  }

  return {
    evicted,
    purged,
    watch: (device) =>
      device.onRecord({
        given: (stream, seq) => void times.set(`${stream}.${seq}`, world.now()),
        dropped: (stream, gone) => dropped(device, stream, gone),
      }),
  }
}

/** Trade records begin with their link. */
export const isTrade = (text: string | undefined): boolean => /^{"prev"/.test(text || '')

/** As the outbox reads it; a statement of loss stays longest. */
function priorityOf(text: string): number {
  if (/^{"kind":"Facts Lost"/.test(text)) return 3
  const found = /^{"priority":(\d)/.exec(text)
  return found ? Number(found[1]) : 1
}
