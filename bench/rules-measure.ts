import { Engine } from 'json-rules-engine'
import { quote } from '@omokit/rules'
import { seal } from '@omokit/rules/seal'
import { medusaPromotion } from './medusa-promotion'
import { asBook, instant, shop, straight } from './rules-shop'

// Runs in a Node of its own, bundled as a user's build would: prints one JSON object of what argv asks for.

/** json-rules-engine over the same shop: it only finds which promotions hold, as its authors mean it to be used. */
function jsonRulesEngine({ lines, promotions }: ReturnType<typeof shop>): () => Promise<number> {
  const engine = new Engine()
  for (const p of promotions) {
    const condition = p.categories
      ? { fact: 'categories', operator: 'contains', value: p.categories[0] }
      : p.skus
        ? { fact: 'skus', operator: 'contains', value: p.skus[0] }
        : { fact: 'subtotal', operator: 'greaterThanInclusive', value: p.atLeast }
    engine.addRule({ name: p.id, conditions: { all: [condition] }, event: { type: p.id } })
  }
  return async () => {
    const { events } = await engine.run({
      categories: lines.flatMap((line) => line.categories),
      skus: lines.map((line) => line.sku),
      subtotal: lines.reduce((sum, line) => sum + line.price * line.qty, 0),
    })
    return events.length
  }
}

/** Carts of two functions in the same time, in turns so that both feel the same machine; the median of the turns' ratios. */
async function ratio(ours: () => unknown, theirs: () => unknown, turns = 15): Promise<number> {
  const carts = async (run: () => unknown, ms: number): Promise<number> => {
    const from = performance.now()
    let n = 0
    do for (let i = 0; i < 4; i++, n++) await run()
    while (performance.now() - from < ms)
    return n / (performance.now() - from)
  }
  const ratios: number[] = []
  for (let i = -3; i < turns; i++) {
    const one = (await carts(ours, 40)) / (await carts(theirs, 40))
    if (i >= 0) ratios.push(one)
  }
  return ratios.sort((a, b) => a - b)[Math.floor(turns / 2)] as number
}

async function ratios(): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const n of [10, 100, 1000]) {
    const made = shop(n)
    const { book, basket } = asBook(made)
    const ours = (): number => {
      const answer = quote(book, basket, instant)
      if (!answer.ok) throw new Error('refused')
      // Every line's units and modifiers are read, as a receipt would.
      let units = 0
      for (const line of answer.value.lines) for (const modifier of line.modifiers) units += modifier.units.length + line.unitNet.length
      return units < 0 ? units : answer.value.totals.total
    }
    const theirs = (): number => straight(made.lines, made.promotions)
    if (ours() !== theirs()) throw new Error(`${n} promotions: ${ours()} is not ${theirs()}`)
    found[`ratio${n}`] = await ratio(ours, theirs)
    found[`engine${n}`] = await ratio(jsonRulesEngine(made), theirs, 5)
  }
  return found
}

/** Median milliseconds of `seal()` for the quote of 1,000 promotions. */
function sealMs(): Record<string, number> {
  const { book, basket } = asBook(shop(1000))
  const answer = quote(book, basket, instant)
  if (!answer.ok) throw new Error('refused')
  const times: number[] = []
  for (let i = 0; i < 31; i++) {
    const from = performance.now()
    seal(answer.value)
    times.push(performance.now() - from)
  }
  return { sealMs: times.sort((a, b) => a - b)[15] as number }
}

/** @medusajs/promotion, installed in `folder`, over the same carts. */
async function medusa(folder: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const n of [10, 100, 1000]) {
    const { lines, promotions } = shop(n)
    const theirs = medusaPromotion(folder, lines, promotions)
    if (theirs() < n / 10) throw new Error(`${n} promotions: only ${theirs()} adjustments`)
    found[`medusa${n}`] = await ratio(theirs, () => straight(lines, promotions), 5)
  }
  return found
}

const [, , what, folder = ''] = process.argv
const done = what === 'seal' ? Promise.resolve(sealMs()) : what === 'medusa' ? medusa(folder) : ratios()
void done.then((found) => process.stdout.write(JSON.stringify(found)))
