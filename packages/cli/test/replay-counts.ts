import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** Rows of a plain CSV file without quotes, as the shared data sets are. */
export function rowsOf(path: string): readonly Readonly<Record<string, string>>[] {
  const bytes = readFileSync(path)
  const [head = '', ...lines] = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trim().split('\n')
  const names = head.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((field, i) => [names[i] ?? '', field])))
}

const distinct = (rows: readonly Readonly<Record<string, string>>[], ...names: readonly string[]): number =>
  new Set(rows.map((row) => names.map((name) => row[name]).join('|'))).size

/** What the Tianchi replay must print, counted from the file alone. */
export function tianchiCounts(path: string): unknown {
  const rows = rowsOf(path)
  const claims = distinct(rows, 'user_id', 'merchant_id', 'coupon_id', 'discount_rate', 'distance_500m', 'date_received')
  const threshold = rows.filter((row) => row['discount_rate']?.includes(':')).length
  return {
    rows: rows.length,
    members: distinct(rows, 'user_id'),
    merchants: distinct(rows, 'merchant_id'),
    coupons: distinct(rows, 'coupon_id'),
    claims,
    duplicates: rows.length - claims,
    kinds: { threshold, rate: rows.length - threshold },
    missing: 0,
  }
}

/** What the Complete Journey replay must print, counted from the files alone. */
export function journeyCounts(transactions: string, redemptions: string, campaigns: string): unknown {
  const lines = rowsOf(transactions)
  const redeemed = rowsOf(redemptions)
  const targeted = rowsOf(campaigns)
  const cents = (name: string): number => lines.reduce((sum, row) => sum + Math.round(Number(row[name]) * 100), 0)
  const ids = [...new Set([...targeted, ...redeemed].map((row) => row['campaign_id'] ?? ''))].sort((a, b) => Number(a) - Number(b))
  return {
    lines: lines.length,
    members: distinct(lines, 'household_id'),
    baskets: distinct(lines, 'basket_id'),
    salesMinor: cents('sales_value'),
    discountMinor: { retail: cents('retail_disc'), coupon: cents('coupon_disc'), match: cents('coupon_match_disc') },
    redemptions: redeemed.length,
    redeemers: distinct(redeemed, 'household_id'),
    campaigns: Object.fromEntries(
      ids.map((id) => {
        const here = redeemed.filter((row) => row['campaign_id'] === id)
        return [
          id,
          { targeted: targeted.filter((row) => row['campaign_id'] === id).length, redeemers: distinct(here, 'household_id'), redemptions: here.length },
        ]
      }),
    ),
    missing: 0,
  }
}
