import { isAmount, refuse } from '@omokit/core'
import type { Refusal } from '@omokit/core'
import { isCompiled } from '../compile'
import { quoteFault } from '../quote-fault'
import { checkOf } from '../shape'
import type { Quote } from '../types'
import type { Refunded, RefundOptions } from './refund'

/** Why these are no options of a refund: sale, units and what came back before may have been stored and read back. */
export function refundFault(options: RefundOptions): Refusal | undefined {
  const { book, sale, policy, units, before } = Object(options) as RefundOptions
  if (!isCompiled(book)) return refuse('invalid', { path: 'book' })
  const path =
    quoteFault(sale, 'sale') ||
    basketFault(sale) ||
    (policy !== 'keep' && policy !== 'clawback' ? 'policy' : '') ||
    (!Array.isArray(units) ? 'units' : '') ||
    (before !== undefined && beforeFault(before, sale))
  return path ? refuse('invalid', { path }) : undefined
}

function basketFault({ basket, lines }: Quote): string | undefined {
  const fault = checkOf('basket')(basket)
  return fault !== true ? `sale.basket${fault}` : basket.lines.length !== lines.length ? 'sale.lines' : undefined
}

function beforeFault(before: Refunded, { lines, basket: { coupons = [] } }: Quote): string {
  const { units, coupons: back, cash, pointsBack, pointsClawed } = Object(before) as Refunded
  return !isList(units) || units.length !== lines.length || units.some((n, l) => n > (lines[l] as Quote['lines'][0]).qty)
    ? 'before.units'
    : !isList(back) || back.some((i) => i >= coupons.length)
      ? 'before.coupons'
      : isList([cash, pointsBack, pointsClawed])
        ? ''
        : 'before'
}

/** A list of amounts or counts. */
const isList = (list: unknown): list is readonly number[] => Array.isArray(list) && list.every(isAmount)
