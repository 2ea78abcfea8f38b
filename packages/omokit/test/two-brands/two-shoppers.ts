import type { Result } from '@omokit/core'
import type { SigningKey } from '@omokit/core/documents'
import type { Omokit } from 'omokit'
import type { MiniOmokit } from 'omokit/wechat'

export type BrandName = 'north-brand' | 'south-brand'

/** What a device of one brand is given. */
export interface BrandSeat {
  readonly brand: BrandName
  readonly keys: readonly SigningKey[]
  readonly publishable: string
  readonly terminal: string
  /** The session of member m-1 of this brand. */
  readonly token: string
}

/** A shop of that brand on the device; `instance` for one more beside the first. */
export type OpenShop = (seat: BrandSeat, instance?: string) => Omokit | MiniOmokit

/** What one brand sees on the device. */
export interface Seen {
  readonly release: number
  readonly pay: number
  readonly consent: string
  readonly anonId: string | undefined
  readonly member: string | undefined
  readonly wallet: readonly string[]
  readonly streams: readonly string[]
  readonly keys: readonly string[]
}

export interface LiveReport {
  readonly north: Seen
  readonly south: Seen
  /** South again, after north has logged out, withdrawn and gone. */
  readonly southAlone: Seen
  readonly northGone: Seen
  /** What south read under the name north wrote, and north afterwards. */
  readonly kv: readonly (string | null)[]
  /** Whether south got the lock of the name north held. */
  readonly lock: boolean
  /** Codes of what the other brand's item, session and wallet were refused with. */
  readonly refused: readonly string[]
  /** Whether the other brand's release was taken. */
  readonly strangeRelease: number
}

export const basket = { currency: 'CNY', channel: 'web', lines: [{ id: '1', sku: 'tea', qty: 1 }] } as const

/** Two brands on one device, at once: everything a shopper does, then one of them goes. Free of any runtime. */
export async function twoShoppers(open: OpenShop, seats: Readonly<Record<BrandName, BrandSeat>>): Promise<LiveReport> {
  const [mine, theirs] = [seats['north-brand'], seats['south-brand']]
  const [north, south] = [open(mine), open(theirs)]
  const both = [
    { shop: north, seat: mine },
    { shop: south, seat: theirs },
  ]
  // step by step in turns, so that each step of one stands between two of the other
  for (const { shop } of both) await shop.start()
  for (const { shop } of both) await shop.pricing.waitFor(1)
  for (const { shop } of both) must(await shop.consent.grantAll())
  for (const { shop, seat } of both) must(await shop.login({ member: 'm-1', token: seat.token }))
  for (let n = 0; n < 5; n++) for (const { shop, seat } of both) await shop.track('Product Viewed', { sku: `${seat.brand}-sku-${n}` })
  for (const { shop } of both) must(await shop.coupons.claim('spring'))
  for (const { shop } of both) await shop.flush()
  for (const { shop } of both) await shop.pricing.save()
  const [first, second] = [await look(north), await look(south)]

  await north.ports.kv.set('same name', 'north wrote this')
  const kv = [await south.ports.kv.get('same name')]
  await south.ports.kv.set('same name', 'south wrote this')
  kv.push(await north.ports.kv.get('same name'))
  const lock = await north.ports.locks.hold('same name', async () => (await south.ports.locks.ifFree('same name', async () => true)) ?? false)
  const strange = open({ ...mine, keys: theirs.keys, token: theirs.token }, 'strange')
  await strange.start()
  await strange.pricing.refresh()
  must(await strange.consent.grant(['analytics']))
  must(await strange.login({ member: 'm-1', token: theirs.token }))
  const refused = [
    codeOf(await north.coupons.hold('order-1', [{ coupon: 'spring', item: second.wallet[0] as string }])),
    codeOf(await strange.coupons.list()),
    codeOf(await strange.coupons.claim('spring')),
  ]
  const strangeRelease = strange.pricing.version()
  await strange.stop()

  await north.logout()
  await north.consent.withdraw()
  await north.flush()
  const northGone = await look(north)
  await south.track('Product Viewed', { sku: 'south-brand-sku-late' })
  await south.flush()
  const southAlone = await look(south)
  await north.stop()
  await south.stop()
  return { north: first, south: second, northGone, southAlone, kv, lock, refused, strangeRelease }
}

/** The same two after a restart, north having published release 2 in between. */
export async function twoShoppersAgain(open: OpenShop, seats: Readonly<Record<BrandName, BrandSeat>>): Promise<{ readonly north: Seen; readonly south: Seen }> {
  const [north, south] = [open(seats['north-brand']), open(seats['south-brand'])]
  for (const shop of [north, south]) {
    await shop.start()
    await shop.pricing.refresh()
  }
  await south.track('Product Viewed', { sku: 'south-brand-sku-again' })
  await north.track('Product Viewed', { sku: 'north-brand-sku-again' })
  for (const shop of [north, south]) await shop.flush()
  const seen = { north: await look(north), south: await look(south) }
  for (const shop of [north, south]) await shop.stop()
  return seen
}

async function look(shop: Omokit | MiniOmokit): Promise<Seen> {
  const quote = await shop.quote(basket)
  const wallet = shop.identity.member() ? await shop.coupons.list() : undefined
  const { streams } = await shop.outbox.stats()
  return {
    release: shop.pricing.version(),
    pay: quote.ok ? quote.value.totals.pay : 0,
    consent: shop.consent.state(),
    anonId: shop.identity.ids().anonId,
    member: shop.identity.member(),
    wallet: wallet?.ok ? wallet.value.map(({ item }) => item) : [],
    streams: streams.map(({ stream }) => stream),
    keys: await shop.ports.kv.keys(''),
  }
}

function must<T>(answer: Result<T>): T {
  if (answer.ok) return answer.value
  throw new Error(JSON.stringify(answer.issues))
}

const codeOf = (answer: Result<unknown>): string => (answer.ok ? 'accepted' : answer.issues.map(({ code }) => code).join())
