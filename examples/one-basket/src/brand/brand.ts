import type { Row } from '@omokit/core/documents'
import { type BookRule, toRows } from '@omokit/rules'
import { catalogue } from './catalogue'

/** The demo brand: 山野集, three stores, three tiers. */
export const brand = 'shanye'

/** Where the brand sells. */
export const stores: readonly { readonly storeId: string; readonly name: string; readonly nameEn: string }[] = [
  { storeId: '0001', name: '上海静安店', nameEn: 'Jing’an, Shanghai' },
  { storeId: '0002', name: '杭州湖滨店', nameEn: 'Hubin, Hangzhou' },
  { storeId: '0003', name: '成都太古里店', nameEn: 'Taikoo Li, Chengdu' },
]

/** Members as the brand's own system knows them. */
export const members: readonly { readonly member: string; readonly name: string; readonly tier: string }[] = [
  { member: 'm-1001', name: '林晓', tier: 'gold' },
  { member: 'm-1002', name: '周屿', tier: 'silver' },
  { member: 'm-1003', name: '陈一诺', tier: 'basic' },
]

/** The coupon of the story: 20 off from 100, once a member, 100 in all. */
export const coupon = { id: 'WELCOME20', name: '新客礼券 满 100 减 20', nameEn: 'Welcome: 20 off from 100', total: 100, perMember: 1 }

/** The rule book, one row a rule. */
export const rules: readonly BookRule[] = [
  { id: 'settings', kind: 'settings', maxCoupons: 2 },
  {
    id: 'teaware-10',
    kind: 'promotion',
    priority: 20,
    order: 1,
    effects: [{ type: 'percentOff', on: 'lines', percent: 10, filter: { tags: ['teaware'] } }],
    funding: { brand: 70, store: 30 },
  },
  {
    id: 'tea-300-40',
    kind: 'promotion',
    priority: 10,
    order: 2,
    effects: [{ type: 'everyAmountOff', every: 30_000, amount: 4000, maxTimes: 3, filter: { tags: ['tea', 'snack'] } }],
  },
  {
    id: 'bill-600-50',
    kind: 'promotion',
    stage: 1,
    order: 3,
    when: [{ type: 'subtotalAtLeast', amount: 60_000 }],
    effects: [{ type: 'amountOff', per: 'order', amount: 5000 }],
  },
  {
    id: coupon.id,
    kind: 'coupon',
    order: 4,
    when: [{ type: 'subtotalAtLeast', amount: 10_000 }],
    effects: [{ type: 'amountOff', per: 'order', amount: 2000 }],
    funding: { brand: 50, store: 50 },
  },
  { id: 'points', kind: 'earn', per: 100, points: 1, mode: 'order' },
  { id: 'cash-to-the-jiao', kind: 'tender', unit: 10, mode: 'down', scope: 'bill', methods: ['cash'] },
]

/** Names of the rules for people. */
export const ruleNames: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  'teaware-10': ['茶具九折', 'Teaware 10 % off'],
  'tea-300-40': ['茶点每满 300 减 40', 'Tea and snacks, 40 off every 300'],
  'bill-600-50': ['全场满 600 减 50', '50 off from 600'],
  [coupon.id]: [coupon.name, coupon.nameEn],
}

/**
 * The books of a release: base prices, gold members' prices, one store's own prices, the rules.
 *
 * @param changes new prices by sku, in fen
 */
export function books(changes: Readonly<Record<string, number>> = {}): Readonly<Record<string, readonly Row[]>> {
  const base: Row[] = []
  const gold: Row[] = []
  const hangzhou: Row[] = []
  for (const { sku, price, goldPrice, category, weighed } of catalogue()) {
    const tags = weighed ? `${category},weighed` : category
    const now = changes[sku] ?? price
    base.push([sku, now, now < price ? price : 0, 0, tags])
    if (goldPrice !== undefined) gold.push([sku, Math.min(goldPrice, now), now, 0, tags])
    if (category === 'drink') hangzhou.push([sku, now - 50, 0, 0, tags])
  }
  return { 'price/base': base, 'price/tier-gold': gold, 'price/store-0002': hangzhou, 'rules/base': toRows({ rules }) }
}
