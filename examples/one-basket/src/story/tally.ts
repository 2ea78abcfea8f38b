import { readFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { createClock, type Ports } from '@omokit/core'
import { createNodePorts } from '@omokit/core/node'
import { createOutbox } from '@omokit/core/outbox'
import { sql } from 'kysely'
import type { DemoHub } from '../demo-hub'
import { brand } from '../brand/brand'
import type { MiniHost } from './mini-shopper'
import type { MiniPart } from './play-mini'

/** What the story's last line says. */
export interface StoryResult {
  readonly facts: { readonly appended: number; readonly acked: number; readonly missing: number; readonly duplicates: number }
  readonly quotes: { readonly count: number; readonly mismatches: number }
  readonly redemptions: { readonly confirmed: number; readonly refused: number; readonly over: number }
  readonly planted: number
  readonly found: number
  readonly members: number
  /** The mini-program part, host by host. */
  readonly mini: Readonly<Record<MiniHost, MiniResult>>
}

/** What came of the story in one mini-program, as the hub's tables and the device's storage have it. */
export interface MiniResult {
  readonly facts: { readonly appended: number; readonly missing: number; readonly duplicates: number }
  /** Places that priced the basket: mini-program, the same offline after a kill, web, till; and how many differ from the first. */
  readonly seals: number
  readonly mismatches: number
  /** Coupons claimed here that a till redeemed. */
  readonly redeemed: number
  readonly kills: number
}

/** One host's part as it was played. */
export interface MiniPlayed {
  readonly host: MiniHost
  readonly kills: number
  readonly part: MiniPart
  readonly streams: readonly OwnStream[]
}

/** A fault planted on purpose: what the hub must call it, and what it must name. */
export interface Planted {
  readonly code: string
  readonly subject: string
}

/** A stream of a device and the highest number it gave out, read from the device's own storage. */
export interface OwnStream {
  readonly stream: string
  readonly head: number
}

/** Streams of a device, from the files (or memory) it left behind. */
export async function ownStreams(ports: Ports): Promise<readonly OwnStream[]> {
  const outbox = createOutbox({ ports, clock: createClock({ time: ports.time }), hub: '', key: '' })
  const { streams } = await outbox.stats()
  await outbox.stop()
  return streams.map(({ stream, head }) => ({ stream, head }))
}

/** Streams of a till that has stopped, from its folder. */
export const tillStreams = (dir: string): Promise<readonly OwnStream[]> => ownStreams(createNodePorts({ brand, dir, platform: 'till' }))

/** Orders a till printed a receipt for. */
export function printedOrders(dir: string): readonly string[] {
  const file = join(dir, 'printed.jsonl')
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { order: string }).order)
}

/**
 * Compares what the devices kept with what the hub's tables hold. Nothing here was counted while the story ran.
 *
 * @param own every stream of every device
 * @param printed every order a receipt was printed for
 * @param minis the mini-program part, whose streams stand among `own`
 */
export async function tally(
  hub: DemoHub,
  own: readonly OwnStream[],
  printed: readonly string[],
  planted: readonly Planted[],
  minis: readonly MiniPlayed[],
): Promise<StoryResult> {
  return hub.store.tx(brand, async (trx) => {
    const streams = await trx.selectFrom('streams').select(['stream', 'lost', 'duplicates']).where('brand', '=', brand).execute()
    const stored = await trx.selectFrom('facts').select(['stream', 'seq']).where('brand', '=', brand).execute()
    const aside = await trx.selectFrom('facts_aside').select(['stream', 'seq']).where('brand', '=', brand).execute()
    const held = new Set([...stored, ...aside].map(({ stream, seq }) => `${stream}.${seq}`))
    const count = (some: readonly OwnStream[]): { appended: number; missing: number } => {
      const sum = { appended: 0, missing: 0 }
      for (const { stream, head } of some) {
        const lost = JSON.parse(streams.find((row) => row.stream === stream)?.lost ?? '[]') as readonly (readonly [number, number])[]
        for (let seq = 1; seq <= head; seq++) {
          // numbers reserved and never used, stated by the device itself after the kill
          if (lost.some(([from, to]) => seq >= from && seq <= to)) continue
          sum.appended++
          if (!held.has(`${stream}.${seq}`)) sum.missing++
        }
      }
      return sum
    }
    const { appended, missing: missingFacts } = count(own)
    const receipts = new Set((await trx.selectFrom('receipts').select('order_id').where('brand', '=', brand).execute()).map((row) => row.order_id))
    // paper that the hub does not know of is a loss, whatever the numbers say
    const missing = missingFacts + printed.filter((order) => !receipts.has(order)).length

    const parity = await trx.selectFrom('parity').select(['result', 'explained_by']).where('brand', '=', brand).execute()
    const findings = await trx.selectFrom('findings').select(['code', 'subject', 'stream']).where('brand', '=', brand).execute()
    const one = async (query: ReturnType<typeof sql<{ n: number }>>): Promise<number> => Number((await query.execute(trx)).rows[0]?.n ?? 0)
    const found = planted.filter(({ code, subject }) =>
      findings.some((finding) => finding.code === code && (finding.subject === subject || finding.stream === subject)),
    )
    const mini: Partial<Record<MiniHost, MiniResult>> = {}
    for (const { host, kills, part, streams: mine } of minis) {
      const redeemed = sql<{
        n: number
      }>`select count(*) as n from items where brand = ${brand} and id = ${part.item} and state in ('redeemed', 'redeemed-provisional')`
      const sent = streams.filter((row) => mine.some(({ stream }) => stream === row.stream))
      mini[host] = {
        facts: { ...count(mine), duplicates: sent.reduce((sum, row) => sum + row.duplicates, 0) },
        seals: part.seals.length,
        mismatches: part.seals.filter((seal) => seal !== part.seals[0]).length,
        redeemed: await one(redeemed),
        kills,
      }
    }
    return {
      facts: { appended, acked: appended - missing, missing, duplicates: streams.reduce((sum, row) => sum + row.duplicates, 0) },
      quotes: { count: parity.length, mismatches: parity.filter((row) => row.result !== 'equal' && row.explained_by === null).length },
      redemptions: {
        confirmed: await one(sql`select count(*) as n from items where brand = ${brand} and state in ('redeemed', 'redeemed-provisional')`),
        refused: await one(sql`select count(*) as n from commands where brand = ${brand} and operation = 'hold' and (answer::jsonb ->> 'ok') = 'false'`),
        over:
          (await one(sql`select coalesce(sum(greatest(used + held - cap, 0)), 0) as n from counters where brand = ${brand}`)) +
          (await one(sql`select count(*) as n from redemptions where brand = ${brand} and state = 'conflict'`)) +
          findings.filter((finding) => finding.code === 'over-redeemed').length,
      },
      planted: planted.length,
      found: found.length,
      members: await one(sql`select count(*) as n from persons where brand = ${brand} and canonical like 'user:%'`),
      mini: mini as Readonly<Record<MiniHost, MiniResult>>,
    }
  })
}
