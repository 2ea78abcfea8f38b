import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lane } from '@omokit/core'
import type { Store } from '@omokit/hub'
import { openFaultHub } from './fault-hub'
import { nameOf, openTill } from './till'

export interface CloneRun {
  readonly store: Store
  readonly brand: string
  readonly tills: number
}

export interface CloneFigures {
  readonly tills: number
  /** Facts the tills appended after they were cloned. */
  readonly appended: number
  /** Of these: in the hub, once. */
  readonly stored: number
  /** Of these: second copies of a number, kept aside by the hub as evidence and in the quarantine of their till. */
  readonly keptAside: number
  /** Of these: neither, or both, or stored twice. */
  readonly unaccounted: number
  /** Copies kept aside whose till does not show them in quarantine, byte for byte. */
  readonly notInQuarantine: number
  /** Facts of the image that were still to be sent: each is in the hub once, however many tills sent it. */
  readonly imageUnsent: number
  readonly imageStored: number
  /** `stream.seq` of every number that went over the wire with more than one content. */
  readonly forked: readonly string[]
  /** Those the hub names. */
  readonly named: readonly string[]
  /** Streams the tills append to in the end, of both lanes: two for each till when no two share one. */
  readonly ownStreams: number
  readonly missing: number
}

const lanes: readonly Lane[] = ['trade', 'observe']

/** One image of a till, with facts still to be sent, is copied to many tills, and all of them go on. */
export async function runClones({ store, brand, tills: count }: CloneRun): Promise<CloneFigures> {
  const home = mkdtempSync(join(tmpdir(), 'omokit-clones-'))
  const hub = await openFaultHub(store, brand, 1)
  try {
    const image = join(home, 'image')
    const first = openTill(image, hub)
    for (const lane of lanes) for (let n = 1; n <= 5; n++) await first.append(lane, `sent-${lane}-${n}`)
    await first.drain()
    const unsent: string[] = []
    for (const lane of lanes)
      for (let n = 1; n <= 3; n++) {
        unsent.push(`unsent-${lane}-${n}`)
        await first.append(lane, `unsent-${lane}-${n}`)
      }
    await first.outbox.stop()

    const tills = Array.from({ length: count }, (_, i) => {
      cpSync(image, join(home, String(i)), { recursive: true })
      return openTill(join(home, String(i)), hub)
    })
    const appended: string[] = []
    for (let round = 1; round <= 3; round++) {
      for (const [i, till] of tills.entries())
        for (const lane of lanes)
          for (let n = 1; n <= 2 + (i % 4); n++) {
            const name = `till${i}-${round}-${lane}-${n}`
            await till.append(lane, name)
            appended.push(name)
          }
      await Promise.all(tills.map((till) => till.drain()))
    }
    const own = new Set<string>()
    for (const [i, till] of tills.entries())
      for (const lane of lanes) {
        own.add((await till.append(lane, `last${i}-${lane}`)).stream)
        appended.push(`last${i}-${lane}`)
      }
    await Promise.all(tills.map((till) => till.drain()))

    const stored = namesOf((await hub.streams()).flatMap(({ facts }) => [...facts.values()]))
    const copies = await hub.aside()
    const aside = namesOf(copies.map(({ text }) => text))
    const quarantine = new Set<string>()
    for (const till of tills)
      for (const { stream, seq, text } of await till.outbox.quarantine()) quarantine.add(`${stream}.${seq} {"seq":${seq},${text.slice(1)}`)
    for (const till of tills) await till.outbox.stop()
    const { findings } = await hub.report<{ readonly findings: readonly { readonly stream?: string; readonly seq?: number }[] }>('findings?code=stream-fork')
    const { totals } = await hub.report<{ readonly totals: { readonly missing: number } }>('streams')
    const ways = (name: string): number => (stored.get(name) ?? 0) + (aside.get(name) ?? 0)
    return {
      tills: count,
      appended: appended.length,
      stored: appended.filter((name) => stored.has(name)).length,
      keptAside: appended.filter((name) => aside.has(name)).length,
      unaccounted: appended.filter((name) => ways(name) !== 1).length,
      notInQuarantine: copies.filter(({ id, text }) => !quarantine.has(`${id} ${text}`)).length,
      imageUnsent: unsent.length,
      imageStored: unsent.filter((name) => ways(name) === 1 && stored.has(name)).length,
      forked: [...hub.wire]
        .filter(([, texts]) => texts.size > 1)
        .map(([id]) => id)
        .sort(),
      named: findings.map(({ stream, seq }) => `${stream}.${seq}`).sort(),
      ownStreams: own.size,
      missing: totals.missing,
    }
  } finally {
    await hub.close()
    rmSync(home, { recursive: true, force: true })
  }
}

/** How often each name stands in these texts. */
function namesOf(texts: readonly string[]): ReadonlyMap<string, number> {
  const names = new Map<string, number>()
  for (const text of texts) {
    const name = nameOf(text)
    if (name !== undefined) names.set(name, (names.get(name) ?? 0) + 1)
  }
  return names
}
