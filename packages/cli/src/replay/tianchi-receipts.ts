import { askHub } from '@omokit/core'
import type { BatchedCommand } from '@omokit/core/commands'
import { statSync } from 'node:fs'
import { createBadRows } from './bad-rows'
import { type CouponOffer, couponOfRate } from './coupon-of-rate'
import { csvRows } from './csv-rows'
import { createInFlight } from './in-flight'
import type { ReplayOptions, ReplayReport } from './replay-options'

const columns = ['user_id', 'merchant_id', 'coupon_id', 'discount_rate', 'distance_500m', 'date_received']
const batchSize = 200
const windowSize = 2000

/** A row that can be claimed. */
interface Receipt {
  readonly line: number
  readonly member: string
  readonly merchant: string
  readonly coupon: string
  readonly rate: string
  readonly offer: CouponOffer
  /** The whole row: what makes this claim the same as or different from another. */
  readonly row: string
}

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
  let window: Receipt[] = []

  /** Defines the coupons of the window that are new, then sends its claims. */
  const send = async (): Promise<void> => {
    const sent = window
    window = []
    const fresh = new Map<string, Receipt>()
    for (const receipt of sent) if (!defined.has(receipt.coupon)) fresh.set(receipt.coupon, receipt)
    for (const receipt of fresh.values()) await flight.add(() => define(options, receipt))
    await flight.drain()
    // bounded: forgetting one only defines it again, which changes nothing
    if (defined.size > 20_000) defined.clear()
    for (const coupon of fresh.keys()) defined.add(coupon)
    for (let at = 0; at < sent.length; at += batchSize) {
      const batch = sent.slice(at, at + batchSize)
      await flight.add(async () => {
        const answers = await commands.batch(batch.map(claimOf))
        answers.forEach((answer, i) => {
          const line = batch[i]?.line ?? 0
          if (answer.ok) accepted++
          else if (answer.issues.some((issue) => issue.code === 'unavailable' || issue.code === 'timeout'))
            throw new Error(`line ${line}: the hub did not answer; run the replay again, it goes on where it stopped`)
          else bad.add(line, answer.issues.map((issue) => issue.code).join(', '))
        })
      })
    }
  }

  for await (const found of csvRows(path, columns)) {
    rows++
    if ('bad' in found) {
      bad.add(found.line, found.bad)
      continue
    }
    const {
      user_id: member = '',
      merchant_id: merchant = '',
      coupon_id: coupon = '',
      discount_rate: rate = '',
      distance_500m: distance = '',
      date_received: date = '',
    } = found.row
    const offer = couponOfRate(rate)
    if (!offer.ok || !member || !merchant || !coupon || !/^\d{8}$/.test(date)) {
      bad.add(found.line, offer.ok ? 'a required field is empty or not a date' : `discount_rate ${rate}`)
      continue
    }
    kinds[offer.value.kind]++
    window.push({ line: found.line, member, merchant, coupon, rate, offer: offer.value, row: [member, merchant, coupon, rate, distance, date].join('|') })
    if (window.length === windowSize) {
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

const claimOf = ({ row, coupon, member }: Receipt): BatchedCommand<'claim'> => ({
  operation: 'claim',
  occasion: { order: row, right: coupon },
  payload: { coupon, member },
})

async function define(options: ReplayOptions, { line, coupon, merchant, rate, offer }: Receipt): Promise<void> {
  const { kind, ...terms } = offer
  const put = await askHub(hubOf(options), 'PUT', `/v1/coupons/${coupon}`, { name: rate, rule: coupon, labels: { merchant, kind, ...stringsOf(terms) } })
  if (!put.ok) throw new Error(`line ${line}: coupon ${coupon} was refused: ${put.issues.map((issue) => issue.code).join(', ')}`)
}

function hubOf(options: ReplayOptions): { readonly net: ReplayOptions['net']; readonly hub: string; readonly key: string } {
  return { net: options.net, hub: options.hub, key: options.key }
}

function stringsOf(terms: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, String(value)]))
}
