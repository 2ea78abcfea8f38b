// What follows a quote, a second time: best use of a wallet, refunds, price protection, scale labels and seals, written from
// docs/en/rules/after-sale.md, slow and plain, importing nothing from src.
import { createHash } from 'node:crypto'
import { secondQuote } from './second-evaluator'
import type { SecondAnswer } from './second-evaluator'

// biome-ignore lint/suspicious/noExplicitAny: plain and slow on purpose, it reads any book
type Any = any
type Find = (list: string, sku: string) => Any

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)

/** Every subset of the wallet. */
export function secondBest(rules: readonly Any[], find: Find, basket: Any, instant: number): Record<string, unknown> {
  const inBook = rules.filter((r) => r.kind === 'coupon').sort((a, b) => (a.order ?? 0) - (b.order ?? 0) || (a.id < b.id ? -1 : 1))
  const wallet: Any[] = inBook.flatMap((r) => (basket.coupons ?? []).filter((c: Any) => c.coupon === r.id))
  const found: { set: number[]; pay: number }[] = []
  for (let mask = 0; mask < 2 ** wallet.length; mask++) {
    const set = wallet.map((_, i) => i).filter((i) => Math.floor(mask / 2 ** i) % 2 === 1)
    const answer = secondQuote(rules, find, { ...basket, coupons: set.map((i) => wallet[i]) }, instant)
    const applied = answer.applied.filter(([id]) => inBook.some((r) => r.id === id)).length
    if (applied === set.length) found.push({ set, pay: answer.pay })
  }
  const least = Math.min(...found.map(({ pay }) => pay))
  const cheap = found.filter(({ pay }) => pay === least)
  const fewest = Math.min(...cheap.map(({ set }) => set.length))
  const [best] = cheap
    .filter(({ set }) => set.length === fewest)
    .sort((a, b) => {
      const at = a.set.findIndex((one, i) => one !== b.set[i])
      return at < 0 ? 0 : a.set[at]! - b.set[at]!
    })
  return { coupons: best!.set.map((i) => wallet[i].coupon), pay: least, optimal: true }
}

/** One return after the other. Of books whose earn rows count the order and ask for nothing but a sum. */
export function secondRefund(rules: readonly Any[], find: Find, basket: Any, instant: number, policy: string, returns: readonly Any[]): object[] {
  const sale = secondQuote(rules, find, basket, instant)
  const kept: number[] = basket.lines.map((line: Any) => line.qty)
  const onTop = sale.taxes && rules.some((r) => r.kind === 'tax' && r.mode === 'exclusive') ? sale.taxes : undefined
  const fee = sale.total - sum(sale.unitNet.flat()) + (onTop?.shipping ?? 0)
  let cashSoFar = 0
  let pointsBackSoFar = 0
  let clawedSoFar = 0
  const handedBack: number[] = []
  return returns.map(({ units, shipping }): object => {
    for (const [at, [id, qty]] of Object.entries<number>(units).entries()) {
      const l = basket.lines.findIndex((line: Any) => line.id === id)
      if (l < 0 || qty > kept[l]!) return { refused: { code: 'invalid', path: `units.${at}` } }
    }
    let cash = 0
    for (const [id, qty] of Object.entries<number>(units)) {
      const l = basket.lines.findIndex((line: Any) => line.id === id)
      cash += sum(sale.unitNet[l]!.slice(kept[l]! - qty, kept[l]!)) + sum((onTop?.unit[l] ?? []).slice(kept[l]! - qty, kept[l]!))
      kept[l]! -= qty
    }
    const nothingLeft = sum(kept) === 0
    if (nothingLeft && shipping) cash += fee
    let earned = 0
    let burned = sale.burned
    let uses: (coupon: string) => boolean
    if (policy === 'keep') {
      const came = sum(sale.unitNet.flat())
      const stands = (r: Any): boolean => (r.when ?? []).every((c: Any) => c.type === 'subtotalAtLeast' && c.amount <= came)
      const earn = rules.filter((r) => r.kind === 'earn' && stands(r)).sort((a, b) => (a.order ?? 0) - (b.order ?? 0))[0]
      if (earn) earned = Math.floor((sum(sale.unitNet.map((nets, l) => sum(nets.slice(0, kept[l])))) * earn.points) / earn.per)
      const burn = rules.find((r) => r.kind === 'burn' && sale.applied.some(([id]) => id === r.id))
      const worth = sum(sale.modifiers.flatMap((list, l) => list.filter(({ kind }) => kind === 'points').map((m) => sum(m.units.slice(kept[l])))))
      if (burn) burned = sale.burned - Math.min(sale.burned, Math.floor((worth * burn.points) / burn.worth))
      uses = (id) => {
        const took = sale.modifiers.flatMap((list, l) =>
          list.filter(({ rule }) => rule === id).map((m) => ({ all: sum(m.units), left: sum(m.units.slice(0, kept[l])) })),
        )
        return took.some(({ all }) => all > 0) ? took.some(({ left }) => left > 0) : !nothingLeft
      }
    } else {
      const lines = basket.lines.map((line: Any, l: number) => ({ ...line, qty: kept[l] }))
      const again = secondQuote(rules, find, { ...basket, lines, ...(nothingLeft && shipping ? { shipping: undefined } : {}) }, instant)
      cash = sale.pay - cashSoFar - again.pay
      earned = again.earned
      burned = again.burned
      uses = (id) => !nothingLeft && again.applied.some(([rule]) => rule === id)
    }
    cash = Math.max(0, Math.min(cash, sale.pay - cashSoFar))
    const pointsClawed = Math.max(0, sale.earned - clawedSoFar - earned)
    const pointsBack = Math.max(0, sale.burned - burned - pointsBackSoFar)
    cashSoFar += cash
    clawedSoFar += pointsClawed
    pointsBackSoFar += pointsBack
    const coupons: string[] = []
    for (const [i, { coupon }] of (basket.coupons ?? []).entries())
      if (sale.applied.some(([id]) => id === coupon) && !handedBack.includes(i) && !uses(coupon)) {
        handedBack.push(i)
        coupons.push(coupon)
      }
    return { cash, pointsBack, pointsClawed, coupons }
  })
}

/** Price protection. */
export function secondOwed({ policy, claimAt, purchases, prices }: Any): Record<string, unknown> {
  const day = (at: number): number => {
    const second = Math.floor(at / 1000)
    const past = policy.zone.filter(([from]: number[]) => from! <= second)
    return Math.floor((second + (past.at(-1) ?? policy.zone[0])[1]) / 86400)
  }
  const owed = purchases.map((p: Any): number => {
    const price = prices
      .filter((one: Any) => one.sku === p.sku && one.from <= claimAt)
      .sort((a: Any, b: Any) => a.from - b.from)
      .at(-1)
    if (!price || p.at > claimAt || day(claimAt) > day(p.at) + policy.days) return 0
    // Equal parts, the odd fen to the first units.
    const units = Array.from({ length: p.qty }, (_, i) => Math.floor(p.paid / p.qty) + (i < p.paid % p.qty ? 1 : 0)).slice(0, p.qty - (p.returned ?? 0))
    const over = sum(units.map((paid) => Math.max(0, paid - price.price))) - (p.compensated ?? 0)
    return over > 0 && over >= (policy.minOwed ?? 0) ? over : 0
  })
  return { owed, total: Math.min(sum(owed), policy.maxOwed ?? Infinity) }
}

/** A scale label. */
export function secondBarcode(code: string, layouts: readonly Any[], items: Any): Record<string, unknown> {
  const refused = (path: string): Record<string, unknown> => ({ refused: { code: 'invalid', path } })
  const digits = [...code]
  if (digits.some((d) => !'0123456789'.includes(d))) return refused('characters')
  const layout = layouts.find((one) => code.startsWith(one.flag) && one.flag.length + sum(one.fields.map((f: Any) => f[1])) + 1 === code.length)
  if (!layout) return refused('layout')
  // With its check digit every code sums to a multiple of ten, weights 1, 3, 1, … from the right.
  if (sum(digits.reverse().map((d, i) => Number(d) * (i % 2 === 0 ? 1 : 3))) % 10 !== 0) return refused('check')
  const parts: Record<string, string> = {}
  let rest = code.slice(layout.flag.length)
  for (const [name, length] of layout.fields) {
    parts[name] = rest.slice(0, length)
    rest = rest.slice(length)
  }
  const item = items[parts['plu']!]
  if (!item) return refused('item')
  const halfUp = (n: bigint, d: bigint): number => (d === 0n ? 0 : Number((n * 2n + d) / (d * 2n)))
  const perKg = BigInt(item.pricePerKg)
  const grams = parts['grams'] === undefined ? halfUp(BigInt(parts['amount']!) * 1000n, perKg) : Number(parts['grams'])
  const computed = halfUp(BigInt(grams) * perKg, 1000n)
  if (parts['grams'] === undefined || parts['amount'] === undefined)
    return { sku: item.sku, grams, amount: parts['amount'] === undefined ? computed : Number(parts['amount']) }
  return Math.abs(Number(parts['amount']) - computed) > 1 ? refused('mismatch') : { sku: item.sku, grams, amount: Number(parts['amount']) }
}

/** The text of a seal and its hash. */
export function secondSeal(basket: Any, answer: SecondAnswer): Record<string, unknown> {
  const sorted = (value: Any): Any =>
    Array.isArray(value)
      ? value.map(sorted)
      : value && typeof value === 'object'
        ? Object.fromEntries(
            Object.keys(value)
              .sort()
              .map((key) => [key, sorted(value[key])]),
          )
        : value
  const gross = sum(basket.lines.map((line: Any, l: number) => answer.unitPrice[l]! * line.qty))
  const net = sum(answer.unitNet.flat())
  const kindOf = (rule: string): string => answer.modifiers.flat().find((m) => m.rule === rule)?.kind ?? 'promotion'
  const lines = basket.lines.map((line: Any, l: number) => {
    const list = answer.modifiers[l]!
    return [
      line.id,
      line.sku,
      line.qty,
      answer.unitPrice[l],
      sum(answer.unitNet[l]!),
      answer.unitNet[l],
      list.find(({ kind }) => kind === 'points')?.units ?? [],
      [0, 1, 2, 3].map((who) => sum(list.map(({ funding }) => funding[who]!))),
      ...(answer.taxes ? [answer.taxes.unit[l]] : []),
    ]
  })
  const totals = [
    gross,
    gross - net,
    answer.orderDiscount,
    basket.shipping?.amount ?? 0,
    answer.shippingDiscount,
    answer.total,
    answer.pay - answer.total - (answer.taxes?.added ?? 0),
    answer.pay,
    ...(answer.taxes ? [answer.taxes.all, answer.taxes.shipping, answer.taxes.added] : []),
  ]
  const all = [
    'omoseal1',
    1,
    basket.currency,
    sorted(basket),
    lines,
    totals,
    [answer.earned, answer.burned],
    answer.applied.map(([id, amount]) => [id, kindOf(id), amount]),
  ]
  const text = [...JSON.stringify(all)].map((c) => (c > '~' ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c)).join('')
  return { text, hash: createHash('sha256').update(`omokit.quote\n${text.length}\n${text}`).digest('base64url') }
}
