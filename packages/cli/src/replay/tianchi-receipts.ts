import { askHub } from '@omokit/core'
import type { BatchedCommand } from '@omokit/core/commands'
import { statSync } from 'node:fs'
import { createBadRows } from './bad-rows'
import { couponOfRate } from './coupon-of-rate'
import { csvRows } from './csv-rows'
import { createInFlight } from './in-flight'
import type { ReplayOptions, ReplayReport } from './replay-options'

const columns = ['user_id', 'merchant_id', 'coupon_id', 'discount_rate', 'distance_500m', 'date_received']
const batchSize = 200

/** What the hub's report on claims says. */
interface ClaimsReport {
  /** Items in being, whatever became of them. */
  readonly claims: number
  /** Distinct claim commands that were accepted. */
  readonly commands: number
  readonly members: number
  readonly coupons: number
  readonly merchants: number
}

/**
 * Alibaba Tianchi O2O receipts: every row is a claim of a coupon by a member. The whole row is the occasion, so a second
 * copy of it has the same idempotency key and gets the first answer: it is a duplicate, not a second claim.
 * Totals of claims, members, merchants and coupons are the hub's own count, so a second run of the same file prints the same.
 * `missing`: rows that were never answered, and accepted commands whose item the hub does not hold.
 */
export async function replayTianchi(options: ReplayOptions): Promise<ReplayReport> {
  const { path, commands, progress } = options
  const size = statSync(path).size
  const bad = createBadRows()
  const defined = new Set<string>()
  const kinds = { threshold: 0, rate: 0 }
  const flight = createInFlight(2)
  let rows = 0
  let accepted = 0
  let batch: { readonly line: number; readonly command: BatchedCommand<'claim'> }[] = []

  const send = async (): Promise<void> => {
    const sent = batch
    batch = []
    if (!sent.length) return
    await flight.add(async () => {
      const answers = await commands.batch(sent.map(({ command }) => command))
      answers.forEach((answer, i) => {
        if (answer.ok) accepted++
        else if (answer.issues.some((issue) => issue.code === 'unavailable' || issue.code === 'timeout')) throw new Error(`line ${sent[i]?.line}: the hub did not answer; run the replay again, it goes on where it stopped`)
        else bad.add(sent[i]?.line ?? 0, answer.issues.map((issue) => issue.code).join(', '))
      })
    })
  }

  for await (const found of csvRows(path, columns)) {
    rows++
    if ('bad' in found) {
      bad.add(found.line, found.bad)
      continue
    }
    const { user_id: member, merchant_id: merchant, coupon_id: coupon, discount_rate: rate, distance_500m: distance, date_received: date } = found.row as Record<(typeof columns)[number], string>
    const offer = couponOfRate(rate as string)
    if (!offer.ok || !member || !merchant || !coupon || !/^\d{8}$/.test(date as string)) {
      bad.add(found.line, offer.ok ? 'a required field is empty or not a date' : `discount_rate ${rate}`)
      continue
    }
    kinds[offer.value.kind]++
    if (!defined.has(coupon)) {
      await send()
      await flight.drain()
      const { kind, ...terms } = offer.value
      const put = await askHub(hubOf(options), 'PUT', `/v1/coupons/${coupon}`, { name: rate, rule: coupon, labels: { merchant, kind, ...stringsOf(terms) } })
      if (!put.ok) throw new Error(`line ${found.line}: coupon ${coupon} was refused: ${put.issues.map((issue) => issue.code).join(', ')}`)
      // bounded: forgetting one only defines it again, which changes nothing
      if (defined.size > 20_000) defined.clear()
      defined.add(coupon)
    }
    const receipt = [member, merchant, coupon, rate, distance, date].join('|')
    batch.push({ line: found.line, command: { operation: 'claim', occasion: { order: receipt, right: coupon }, payload: { coupon, member } } })
    if (batch.length === batchSize) {
      await send()
      progress.at(found.bytes / size, `${rows} rows`)
    }
  }
  await send()
  await flight.drain()
  progress.at(1, `${rows} rows`)
  progress.done()

  const report = await askHub<ClaimsReport>(hubOf(options), 'GET', '/v1/reports/claims')
  if (!report.ok) throw new Error(`the hub's report on claims: ${report.issues.map((issue) => issue.code).join(', ')}`)
  const { claims, commands: distinct, members, coupons, merchants } = report.value
  const taken = rows - bad.count
  return {
    totals: { rows, members, merchants, coupons, claims, duplicates: accepted - distinct, kinds, missing: taken - accepted + (distinct - claims) },
    bad: { count: bad.count, named: bad.named },
  }
}

function hubOf(options: ReplayOptions): { readonly net: ReplayOptions['net']; readonly hub: string; readonly key: string } {
  return { net: options.net, hub: options.hub, key: options.key }
}

function stringsOf(terms: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, String(value)]))
}
