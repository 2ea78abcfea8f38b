import { hash, OmoError, refuse } from '@omokit/core'
import type { Result } from '@omokit/core'
import { canonical } from '../canonical'
import { quoteFault } from '../quote-fault'
import type { AppliedRule, Basket, Quote, QuoteTotals, Seal } from '../types'

/** What a seal says of one line. */
export interface SealedLine {
  readonly id: string
  readonly sku: string
  readonly qty: number
  readonly unitPrice: number
  readonly net: number
  /** Net per unit. */
  readonly unitNet: readonly number[]
  /** Worth of burned points taken from each unit; empty when none. */
  readonly unitPoints: readonly number[]
  /** Everything taken off the line by who pays: brand, store, partner, platform. */
  readonly funding: readonly number[]
  /** Tax per unit; absent when the book has no tax rows. */
  readonly unitTax?: readonly number[]
}

/** A seal read back: enough to compare a receipt with it and to price the basket again. */
export interface SealedQuote {
  readonly release: number
  readonly currency: string
  readonly basket: Basket
  readonly lines: readonly SealedLine[]
  readonly totals: QuoteTotals
  readonly points: Quote['points']
  readonly applied: readonly AppliedRule[]
}

const version = 'omoseal1'

/**
 * Proof of a quote: its canonical text and hash. Two quotes have the same seal exactly when release, basket, unit shares,
 * funders, totals and points agree; texts, refusals and times of day are not in it. To check a receipt: `sealMatches`, then
 * compare it with `readSeal`; to check the price, quote `readSeal(...).basket` again with that release at the receipt's instant
 * and compare the hash.
 *
 * The text is ASCII JSON: `["omoseal1",release,currency,basket,lines,totals,points,applied]`, the basket with sorted keys,
 * the rest positional. Where the book has tax rows a line ends with its `unitTax`, the totals with `tax`, `shippingTax`, `taxAdded`.
 * Throws `invalid` with the path of what is no part of a quote: what `quote` gave always has a seal.
 */
export function seal(quote: Quote): Seal {
  const fault = quoteFault(quote, 'quote')
  if (fault) throw new OmoError('invalid', fault)
  const { totals, points } = quote
  const lines = quote.lines.map((line) => {
    const funding = [0, 0, 0, 0]
    let burned: number[] = []
    for (const { kind, units, funding: f } of line.modifiers) {
      funding[0]! += f.brand
      funding[1]! += f.store
      funding[2]! += f.partner
      funding[3]! += f.platform
      if (kind === 'points') burned = units.slice()
    }
    const row = [line.id, line.sku, line.qty, line.unitPrice, line.net, line.unitNet, burned, funding]
    return line.unitTax ? row.concat([line.unitTax.slice()]) : row
  })
  const text = canonical([
    version,
    quote.release,
    quote.currency,
    quote.basket,
    lines,
    [totals.gross, totals.discount, totals.orderDiscount ?? 0, totals.shipping, totals.shippingDiscount, totals.total, totals.rounding, totals.pay].concat(
      totals.tax === undefined ? [] : [totals.tax, totals.shippingTax ?? 0, totals.taxAdded ?? 0],
    ),
    [points.earned, points.burned],
    quote.applied.map(({ rule, kind, amount }) => [rule, kind, amount]),
  ])
  return { text, hash: hash('quote', text) }
}

/** Whether a text is the one a hash was made from. */
export function sealMatches(text: string, expected: string): boolean {
  return typeof text === 'string' && hash('quote', text) === expected
}

type Row = readonly (string | number | readonly number[])[]

/**
 * Reads a seal's text. It must be the one spelling `seal` writes, so that equal content has equal bytes: anything else is
 * `malformed`.
 */
export function readSeal(text: string): Result<SealedQuote> {
  try {
    const all = JSON.parse(text) as readonly unknown[]
    const [name, release, currency, basket, lines, totals, points, applied] = all as [string, number, string, Basket, Row[], number[], number[], Row[]]
    if (name !== version || all.length !== 8 || canonical(all) !== text) return refuse('malformed', { path: 'seal' })
    const [
      gross = 0,
      discount = 0,
      orderDiscount = 0,
      shipping = 0,
      shippingDiscount = 0,
      total = 0,
      rounding = 0,
      pay = 0,
      tax,
      shippingTax = 0,
      taxAdded = 0,
    ] = totals
    return {
      ok: true,
      value: {
        release,
        currency,
        basket,
        lines: lines.map((row) => {
          const [id, sku, qty, unitPrice, net, unitNet, unitPoints, funding, unitTax] = row as unknown as [
            string,
            string,
            number,
            number,
            number,
            number[],
            number[],
            number[],
            number[] | undefined,
          ]
          return Object.assign({ id, sku, qty, unitPrice, net, unitNet, unitPoints, funding }, unitTax && { unitTax })
        }),
        totals: Object.assign(
          { gross, discount, orderDiscount, shipping, shippingDiscount, total, rounding, pay },
          tax !== undefined && { tax, shippingTax, taxAdded },
        ),
        points: { earned: points[0] ?? 0, burned: points[1] ?? 0 },
        applied: applied.map((row) => ({ rule: row[0] as string, kind: row[1] as AppliedRule['kind'], amount: row[2] as number })),
      },
    }
  } catch {
    return refuse('malformed', { path: 'seal' })
  }
}
