import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { askHub, type Result } from '@omokit/core'
import type { BatchedCommand, CommandAnswers } from '@omokit/core/commands'
import { createBadRows, type BadRows } from './bad-rows'
import { csvRows } from './csv-rows'
import { decimalMinor } from './decimal-minor'
import { createInFlight } from './in-flight'
import type { ReplayOptions, ReplayReport } from './replay-options'

const files = { transactions: 'cj-transactions-sample', redemptions: 'cj-coupon-redemptions', campaigns: 'cj-campaign-households' } as const

const lineColumns = [
  'household_id',
  'store_id',
  'basket_id',
  'product_id',
  'quantity',
  'sales_value',
  'retail_disc',
  'coupon_disc',
  'coupon_match_disc',
  'transaction_timestamp',
]
const redemptionColumns = ['household_id', 'coupon_upc', 'campaign_id', 'redemption_date']
const campaignColumns = ['campaign_id', 'household_id']

/** What the hub's report on orders says. */
interface OrdersReport {
  readonly orders: number
  readonly lines: number
  readonly members: number
  readonly net: number
  readonly discounts: { readonly retail: number; readonly coupon: number; readonly match: number }
}

/** What the hub's report on redemptions says, by the campaign label of the coupon. */
interface RedemptionsReport {
  readonly redeemed: number
  readonly members: number
  readonly groups: Readonly<Record<string, { readonly redeemed: number; readonly members: number }>>
}

/** A basket while its lines come in. */
interface OpenBasket {
  readonly basket: string
  readonly household: string
  readonly store: string
  readonly at: string
  readonly lines: {
    readonly sku: string
    readonly quantity: number
    readonly net: number
    readonly discounts: { readonly retail: number; readonly coupon: number; readonly match: number }
  }[]
}

/**
 * 84.51° Complete Journey: transaction lines become `Order Completed` facts, one a basket, with the three discounts kept
 * by who funds them; coupon redemptions become claim, hold and confirm, the per-member limit being the coupon's setting.
 * How far the transactions were taken in is remembered with the facts, and the hub holds an order once by its number, so a
 * second run adds nothing. Totals are the hub's own count; `missing` is what the files have and the hub lacks.
 */
export async function replayCompleteJourney(options: ReplayOptions): Promise<ReplayReport> {
  const bad = createBadRows()
  const { lines, baskets } = await replayTransactions(options, bad)
  const redemptions = await replayRedemptions(options, bad)
  const targeted = await countTargeted(options, bad)

  const orders = await reported<OrdersReport>(options, '/v1/reports/orders')
  const redeemed = await reported<RedemptionsReport>(options, '/v1/reports/redemptions?by=campaign')
  const { retail, coupon, match } = orders.discounts
  const campaigns: Record<string, { targeted: number; redeemers: number; redemptions: number }> = {}
  for (const id of [...new Set([...targeted.keys(), ...Object.keys(redeemed.groups)])].sort((a, b) => Number(a) - Number(b))) {
    const group = redeemed.groups[id]
    campaigns[id] = { targeted: targeted.get(id) ?? 0, redeemers: group?.members ?? 0, redemptions: group?.redeemed ?? 0 }
  }
  return {
    totals: {
      lines: orders.lines,
      members: orders.members,
      baskets: orders.orders,
      salesMinor: orders.net,
      discountMinor: { retail, coupon, match },
      redemptions: redeemed.redeemed,
      redeemers: redeemed.members,
      campaigns,
      missing: lines - orders.lines + (baskets - orders.orders) + (redemptions - redeemed.redeemed),
    },
    bad: { count: bad.count, named: bad.named },
  }
}

/** Lines of one basket stand together in the file; a basket is sent when the next one begins. */
async function replayTransactions(options: ReplayOptions, bad: BadRows): Promise<{ readonly lines: number; readonly baskets: number }> {
  const { outbox, kv, progress } = options
  const path = fileOf(options.path, files.transactions)
  const size = statSync(path).size
  // an order that was stored before must not become a second fact; the hub would hold it once, but would be told twice
  const cursorKey = `replay/${files.transactions}/${size}`
  const done = Number((await kv.get(cursorKey)) ?? 0)
  const flight = createInFlight(256)
  let open: OpenBasket | undefined
  let lines = 0
  let baskets = 0

  const close = async (): Promise<void> => {
    if (!open) return
    baskets++
    const { basket, household, store, at, lines: bought } = open
    if (baskets <= done) return
    await flight.add(async () => {
      await outbox.append({
        kind: 'Order Completed',
        place: { channel: 'till', storeId: store },
        body: { order: basket, member: household, currency: 'USD', orderedAt: at, lines: bought },
      })
    })
    if (baskets % 2000 === 0) {
      await flight.drain()
      await kv.set(cursorKey, String(baskets))
      await outbox.flush()
    }
  }

  for await (const found of csvRows(path, lineColumns)) {
    if ('bad' in found) {
      bad.add(found.line, found.bad)
      continue
    }
    const row = found.row
    const [net, retail, coupon, match] = [row['sales_value'], row['retail_disc'], row['coupon_disc'], row['coupon_match_disc']].map((text) =>
      decimalMinor(text ?? ''),
    )
    const quantity = Number(row['quantity'])
    if (
      net === undefined ||
      retail === undefined ||
      coupon === undefined ||
      match === undefined ||
      !Number.isSafeInteger(quantity) ||
      !row['basket_id'] ||
      !row['household_id']
    ) {
      bad.add(found.line, 'an amount, quantity, basket or household is not readable')
      continue
    }
    lines++
    if (open?.basket !== row['basket_id']) {
      await close()
      open = { basket: row['basket_id'], household: row['household_id'], store: row['store_id'] ?? '', at: row['transaction_timestamp'] ?? '', lines: [] }
    }
    open.lines.push({ sku: row['product_id'] ?? '', quantity, net, discounts: { retail, coupon, match } })
    progress.at(found.bytes / size, `${lines} lines`)
  }
  await close()
  await flight.drain()
  for (let pending = 1; pending > 0; ) {
    const report = await outbox.flush()
    if (report.issue && report.acked === 0)
      throw new Error(`the hub did not take the orders: ${report.issue.code}; run the replay again, it goes on where it stopped`)
    pending = report.pending
  }
  await kv.set(cursorKey, String(baskets))
  progress.done()
  return { lines, baskets }
}

/** Every row is one redemption: claim, hold, confirm. The n-th of equal rows is an occasion of its own. */
async function replayRedemptions(options: ReplayOptions, bad: BadRows): Promise<number> {
  const { commands } = options
  const rows: { readonly line: number; readonly id: string; readonly coupon: string; readonly member: string }[] = []
  const defined = new Set<string>()
  const times = new Map<string, number>()
  let day = ''
  let count = 0

  const send = async (): Promise<void> => {
    const batch = rows.splice(0)
    if (!batch.length) return
    const claims = await answered(
      commands.batch(
        batch.map(
          ({ id, coupon, member }): BatchedCommand<'claim'> => ({ operation: 'claim', occasion: { order: id, right: coupon }, payload: { coupon, member } }),
        ),
      ),
      batch,
    )
    const holds = await answered(
      commands.batch(
        batch.map(({ id, member }, i): BatchedCommand<'hold'> => {
          const item = (claims[i] as CommandAnswers['claim']).item
          return {
            operation: 'hold',
            occasion: { order: id, right: item },
            payload: { order: id, member, rights: [{ kind: 'item', id: item, qty: 1 }], ttlMs: 600_000 },
          }
        }),
      ),
      batch,
    )
    await answered(
      commands.batch(
        batch.map(({ id }, i): BatchedCommand<'confirm'> => {
          const hold = (holds[i] as CommandAnswers['hold']).hold
          return { operation: 'confirm', occasion: { order: id, right: hold }, payload: { hold, receipt: id } }
        }),
      ),
      batch,
    )
    count += batch.length
  }

  for await (const found of csvRows(fileOf(options.path, files.redemptions), redemptionColumns)) {
    if ('bad' in found) {
      bad.add(found.line, found.bad)
      continue
    }
    const { household_id: member = '', coupon_upc: upc = '', campaign_id: campaign = '', redemption_date: date = '' } = found.row
    if (!member || !upc || !campaign || !/^\d{4}-\d\d-\d\d$/.test(date)) {
      bad.add(found.line, 'a required field is empty or not a date')
      continue
    }
    const coupon = `${upc}-${campaign}`
    if (!defined.has(coupon)) {
      defined.add(coupon)
      const put = await askHub({ net: options.net, hub: options.hub, key: options.key }, 'PUT', `/v1/coupons/${coupon}`, {
        name: upc,
        rule: upc,
        labels: { campaign },
      })
      if (!put.ok) throw new Error(`coupon ${coupon} was refused: ${codes(put)}`)
    }
    const row = `${member}|${upc}|${campaign}|${date}`
    // the file is sorted by date, so equal rows stand within one day
    if (date !== day) times.clear()
    day = date
    const n = (times.get(row) ?? 0) + 1
    times.set(row, n)
    rows.push({ line: found.line, id: `${row}|${n}`, coupon, member })
    if (rows.length === 200) await send()
  }
  await send()
  return count
}

async function countTargeted(options: ReplayOptions, bad: BadRows): Promise<ReadonlyMap<string, number>> {
  const targeted = new Map<string, number>()
  for await (const found of csvRows(fileOf(options.path, files.campaigns), campaignColumns)) {
    if ('bad' in found) bad.add(found.line, found.bad)
    else targeted.set(found.row['campaign_id'] ?? '', (targeted.get(found.row['campaign_id'] ?? '') ?? 0) + 1)
  }
  return targeted
}

async function answered<T>(answers: Promise<readonly Result<T>[]>, rows: readonly { readonly line: number }[]): Promise<readonly T[]> {
  return (await answers).map((answer, i) => {
    if (answer.ok) return answer.value
    throw new Error(`redemption on line ${rows[i]?.line} was refused: ${codes(answer)}`)
  })
}

async function reported<T>(options: ReplayOptions, path: string): Promise<T> {
  const report = await askHub<T>({ net: options.net, hub: options.hub, key: options.key }, 'GET', path)
  if (!report.ok) throw new Error(`${path}: ${codes(report)}`)
  return report.value
}

function codes(refusal: { readonly ok: boolean; readonly issues?: readonly { readonly code: string }[] }): string {
  return (refusal.issues ?? []).map((issue) => issue.code).join(', ')
}

function fileOf(folder: string, name: string): string {
  for (const ending of ['.csv.gz', '.csv']) if (existsSync(join(folder, name + ending))) return join(folder, name + ending)
  throw new Error(`${join(folder, name)}.csv.gz is not there`)
}
