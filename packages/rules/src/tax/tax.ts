import { allocate, mulDiv } from '@omokit/core'
import type { Rounding } from '@omokit/core'
import type { BoundRule } from '../compile'
import type { Ratio } from '../ratio'
import type { RulePart } from '../rule-part'

/** What a bound row says beside its conditions. */
interface TaxRow {
  readonly rate: Ratio
  readonly percent: number
  readonly mode: 'inclusive' | 'exclusive'
  readonly per?: 'line' | 'bill'
  readonly rounding?: Rounding
  readonly shipping?: boolean
}

const rowOf = (rule: BoundRule): TaxRow => rule as unknown as TaxRow

/**
 * Sales tax, for `compile({…, parts: [tax]})`: rows of the kind `tax`, either all inside the prices or all on top of them. A
 * quote of a book with such rows has `tax`, `unitTax` and `taxPercent` on its lines, and `tax`, `shippingTax` and `taxAdded` in
 * its totals; of a book without them nothing changes. Without this part a book with such rows is refused (`unknown-rule`).
 */
export const tax: RulePart = {
  kind: 'tax',
  // Nobody may leave a tax out: there is no `optional`.
  shape:
    'kind:t,order:i,from:i,until:i,window,channels:t*,stores:t*,when:?*,filter,percent=d100,mode=inclusive|exclusive,per:line|bill,rounding:half-up|half-down|half-even|down,shipping:b',
  fault: (rows) => {
    const odd = rows.filter(({ mode }) => mode !== (rows[0] as BoundRule).mode)[0]
    return odd && `${odd.id}.mode`
  },
  charge: (rows, nets, all) => {
    const fee = nets.length - 1
    const taxed: (TaxRow | undefined)[] = nets.map(() => undefined)
    const places = new Map(all.map((line, l) => [line, l]))
    for (const { rule, lines } of rows) {
      const row = rowOf(rule)
      for (const line of lines) {
        const l = places.get(line) as number
        taxed[l] = taxed[l] || row
      }
      if (row.shipping) taxed[fee] = taxed[fee] || row
    }
    // places of the nets that are taxed together: of one line, or of all lines of a rate
    const groups = new Map<string, readonly number[]>()
    taxed.forEach((row, l) => {
      const name = row && row.per === 'bill' ? [row.percent, row.rounding || 'half-up'].join() : 'line ' + l
      if (row) groups.set(name, (groups.get(name) || []).concat(l))
    })
    const due = nets.map(() => 0)
    groups.forEach((places) => {
      const { rate, mode, rounding = 'half-up' } = taxed[places[0] as number] as TaxRow
      const { num, den } = rate
      const own = places.map((l) => nets[l] as number)
      const whole = mulDiv(sum(own), num, mode === 'exclusive' ? den : den + num, rounding)
      allocate(whole, own).forEach((part, i) => (due[places[i] as number] = part))
    })
    const added = rows.some(({ rule }) => rule.mode === 'exclusive')
    return {
      owed: added ? nets.map((net, l) => net + (due[l] as number)) : nets,
      onto: (quote) => {
        quote.lines.forEach((line, l) => {
          const row = taxed[l]
          Object.assign(line, { tax: due[l], unitTax: allocate(due[l] as number, line.unitNet) }, row && { taxPercent: row.percent })
        })
        Object.assign(quote.totals, { tax: sum(due), shippingTax: due[fee], taxAdded: added ? sum(due) : 0 })
        return quote
      },
    }
  },
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)
