import { expect } from 'vitest'
import type { TwoBrandHub } from './two-brand-hub'
import type { LiveReport, Seen } from './two-shoppers'

/** What each brand saw while both were there: everything of its own and nothing of the other's. */
export function judgeLive({ north, south, northGone, southAlone, kv, lock, refused, strangeRelease }: LiveReport): void {
  expect([north.release, north.pay, south.release, south.pay]).toEqual([1, 1000, 1, 7000])
  for (const seen of [north, south]) {
    expect(seen).toMatchObject({ consent: 'granted', member: 'm-1', anonId: expect.stringMatching(/^.{21}$/) })
    expect(seen.wallet).toHaveLength(1)
    expect(seen.streams.length).toBeGreaterThan(0)
  }
  expect(north.anonId).not.toBe(south.anonId)
  expect(north.wallet).not.toEqual(south.wallet)
  expect(north.streams.filter((stream) => south.streams.includes(stream))).toEqual([])
  expect([kv, lock]).toEqual([[null, 'north wrote this'], true])
  for (const code of refused) expect(code).toMatch(/^(not-found|not-owner|not-available|hold-unknown|unauthorised|bad-token|brand-mismatch|forbidden)$/)
  expect(strangeRelease).toBe(0)
  expect(northGone).toMatchObject({ consent: 'withdrawn', anonId: undefined, member: undefined, wallet: [] })
  expect({ ...southAlone, keys: [], streams: [] }).toEqual({ ...south, keys: [], streams: [] })
  expect(southAlone.streams).toEqual(expect.arrayContaining([...south.streams]))
  expect(southAlone.keys).toEqual(expect.arrayContaining([...south.keys]))
}

/** After a restart, and a release of north's in between. */
export function judgeAgain({ south }: LiveReport, again: { readonly north: Seen; readonly south: Seen }): void {
  expect(again.north).toMatchObject({ release: 2, pay: 1500, consent: 'withdrawn', anonId: undefined, member: undefined })
  expect(again.south).toMatchObject({ release: 1, pay: 7000, consent: 'granted', anonId: south.anonId, member: 'm-1', wallet: south.wallet })
}

/** What is kept on the device: every entry (its place, its key and its text) belongs to one brand alone. */
export function judgeKept(kept: readonly string[], { north, south }: LiveReport): void {
  const of = (brand: string): string[] => kept.filter((entry) => entry.includes(brand))
  expect(of('south-brand').length).toBeGreaterThan(2)
  expect(kept.filter((entry) => entry.includes('north-brand') === entry.includes('south-brand'))).toEqual([])
  const [anonId, item] = [south.anonId as string, south.wallet[0] as string]
  expect(of('south-brand').some((entry) => entry.includes(anonId))).toBe(true)
  for (const mark of [anonId, item, 'south wrote']) expect(of('north-brand').filter((entry) => entry.includes(mark))).toEqual([])
  for (const mark of [north.anonId as string, north.wallet[0] as string, 'north wrote'])
    expect(of('south-brand').filter((entry) => entry.includes(mark))).toEqual([])
  // north has withdrawn: its visitor is gone from the device altogether
  expect(kept.filter((entry) => entry.includes(north.anonId as string))).toEqual([])
}

/** What the hub has: each fact once, under its brand. */
export async function judgeHub({ store }: TwoBrandHub, { north, south }: LiveReport): Promise<void> {
  const brands = await Promise.all(
    (['north-brand', 'south-brand'] as const).map((brand) =>
      store.tx(brand, async (trx) => ({
        facts: await trx.selectFrom('facts').select(['stream', 'text']).where('brand', '=', brand).execute(),
        persons: await trx.selectFrom('persons').select('canonical').where('brand', '=', brand).execute(),
        releases: await trx.selectFrom('releases').select('version').where('brand', '=', brand).execute(),
        aside: await trx.selectFrom('facts_aside').select('code').where('brand', '=', brand).execute(),
        findings: await trx.selectFrom('findings').select('code').where('brand', '=', brand).execute(),
      })),
    ),
  )
  const [atNorth, atSouth] = brands as [(typeof brands)[0], (typeof brands)[0]]
  const viewed = ({ facts }: typeof atNorth): string[] =>
    facts.flatMap(({ text }) => Array.from(text.matchAll(/"sku":"([^"]+)"/g), ([, sku = '']) => sku)).sort()
  const five = (brand: string): string[] => Array.from({ length: 5 }, (_, n) => `${brand}-sku-${n}`)
  expect(viewed(atNorth)).toEqual(five('north-brand'))
  expect(viewed(atSouth)).toEqual([...five('south-brand'), 'south-brand-sku-again', 'south-brand-sku-late'])
  const textOf = ({ facts }: typeof atNorth): string => facts.map(({ text }) => text).join('\n')
  for (const mark of ['south-brand', south.anonId as string, south.wallet[0] as string]) expect(textOf(atNorth)).not.toContain(mark)
  for (const mark of ['north-brand', north.anonId as string, north.wallet[0] as string]) expect(textOf(atSouth)).not.toContain(mark)
  const streams = new Set(atNorth.facts.map(({ stream }) => stream))
  expect(atSouth.facts.filter(({ stream }) => streams.has(stream))).toEqual([])
  for (const { persons, aside, findings } of brands)
    expect([persons.filter(({ canonical }) => canonical.startsWith('user:')).length, aside, findings]).toEqual([1, [], []])
  expect([atNorth.releases.map(({ version }) => version).sort(), atSouth.releases.map(({ version }) => version)]).toEqual([[1, 2], [1]])
}
