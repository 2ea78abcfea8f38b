import type { Ports } from '@omokit/core'
import type { Signer } from '@omokit/core/ed25519'
import type { HeldRelease } from '@omokit/core/documents'
import type { Basket, CompiledBook, Quote } from '@omokit/rules'

/** Loads an entry inside the runtime under test; entries loaded in one run share that runtime. */
export interface Inside {
  readonly host: 'wechat' | 'alipay'
  use<T>(id: string): T
}

/** One real piece of work per entry: answers what is wrong, or undefined. */
export type Smoke = (inside: Inside) => string | undefined | Promise<string | undefined>

const hub = 'https://hub.invalid'
const key = 'pk_test_demo_1'
const basket: Basket = { currency: 'CNY', channel: 'miniprogram', lines: [{ id: '1', sku: 'tea', qty: 2 }] }
const rule = {
  id: '20-off-100',
  kind: 'promotion',
  when: [{ type: 'subtotalAtLeast', amount: 10_000 }],
  effects: [{ type: 'amountOff', per: 'order', amount: 2000 }],
} as const
/** A signer that signs nothing: what is signed is not verified here. */
const stamp: Signer = () => Promise.resolve(new Uint8Array(64))

const differs = (name: string, have: unknown, need: unknown): string | undefined =>
  JSON.stringify(have) === JSON.stringify(need) ? undefined : `${name} is ${JSON.stringify(have)}, not ${JSON.stringify(need)}`

export const smokes: Readonly<Record<string, Smoke>> = {
  '@omokit/core': ({ use }) => {
    const { allocate, formatAmount, sha256, toBase64url, utf8 } = use<typeof import('@omokit/core')>('@omokit/core')
    return differs(
      'money and hash',
      [allocate(100, [1, 1, 1]), formatAmount(8800, 'CNY').replace(/[^\d.]/g, ''), toBase64url(sha256(utf8('茶')))],
      [[34, 33, 33], '88.00', 'fgBboxH4b6dusCh5a6KK0-gfWUx8df1qf7vcid61EdQ'],
    )
  },
  '@omokit/core/outbox': async (inside) => {
    const { outbox } = await stored(inside, 'outbox')
    await outbox.append({ kind: 'Order Completed', body: { order: 'o-1' } })
    return differs('facts stored', (await outbox.stats()).streams.length, 1)
  },
  '@omokit/core/commands': async (inside) => {
    const { createCommands } = inside.use<typeof import('@omokit/core/commands')>('@omokit/core/commands')
    const { ports, clock } = await stored(inside, 'commands')
    const commands = createCommands({ ports, clock, hub, key, attempts: 1 })
    const answer = await commands.call('release', { order: 'o-1', right: 'h-1' }, { holds: ['h-1'] } as never)
    return differs('a command without a network', [answer.ok, (await commands.unsettled()).length], [false, 1])
  },
  '@omokit/core/documents': async ({ use }) => {
    const texts = await releaseTexts(use)
    const { pack, unpack } = use<typeof import('@omokit/core/documents')>('@omokit/core/documents')
    const again = unpack(pack(texts))
    return differs('a release packed and unpacked', again.ok && again.value, texts)
  },
  '@omokit/core/envelope': async ({ use }) => {
    const { pack, unpack } = use<typeof import('@omokit/core/envelope')>('@omokit/core/envelope')
    const envelope = {
      brand: 'demo',
      kid: 'k1',
      type: 'member-code',
      expiresAt: 2_000_000_000,
      nonce: '0a0b0c0d',
      claims: { handle: '0011223344556677' },
    } as const
    const opened = unpack(await pack(envelope, stamp))
    return differs('an envelope', opened.ok && opened.value.envelope, envelope)
  },
  // RFC 8032, 7.1, test 1
  '@omokit/core/ed25519': async ({ use }) => {
    const { createPureCrypto } = use<typeof import('@omokit/core/ed25519')>('@omokit/core/ed25519')
    const publicKey = bytes('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
    const signature = bytes('e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b')
    const crypto = createPureCrypto()
    return differs(
      'verification',
      [await crypto.verify(publicKey, signature, new Uint8Array(0)), await crypto.verify(publicKey, signature, new Uint8Array(1))],
      [true, false],
    )
  },
  '@omokit/core/maps': ({ use }) => {
    const { decimalOf, minorOf, toGa4, fromGa4 } = use<typeof import('@omokit/core/maps')>('@omokit/core/maps')
    const sent = toGa4({ kind: 'Product Viewed', body: { sku: 'tea', price: 8800, currency: 'CNY' } })
    const back = sent.ok && fromGa4(sent.value.message)
    return differs(
      'money and an event there and back',
      [decimalOf(8800, 'CNY'), minorOf(88, 'CNY').ok, back && back.ok && back.value.events[0]?.kind],
      [88, true, 'Product Viewed'],
    )
  },
  '@omokit/core/plan': ({ use }) => {
    const { planFaults } = use<typeof import('@omokit/core/plan')>('@omokit/core/plan')
    const node = { type: 'object', properties: { sku: { type: 'string' } }, required: ['sku'] } as const
    return differs('faults of a body', [planFaults(node, { sku: 'tea' }).length, planFaults(node, { sku: 7 }).length], [0, 1])
  },
  '@omokit/core/texts': ({ use }) => {
    const { textOf } = use<typeof import('@omokit/core/texts')>('@omokit/core/texts')
    return differs('a text', textOf({ code: 'rate-limited', need: 2000 }, 'en'), 'Too many requests, wait 2000 ms')
  },
  '@omokit/core/memory': async ({ use }) => {
    const { createMemoryPorts } = use<typeof import('@omokit/core/memory')>('@omokit/core/memory')
    const { kv } = createMemoryPorts({ brand: 'demo' })
    await kv.set('tea', '茶')
    return differs('what was kept', await kv.get('tea'), '茶')
  },
  '@omokit/core/wechat': (inside) => (inside.host === 'wechat' ? keeps(inside) : undefined),
  '@omokit/core/alipay': (inside) => (inside.host === 'alipay' ? keeps(inside) : undefined),
  '@omokit/rules': ({ use }) => differs('to pay', quoted(use)?.quote.totals.pay, 15_600),
  '@omokit/rules/seal': ({ use }) => {
    const { seal } = use<typeof import('@omokit/rules/seal')>('@omokit/rules/seal')
    return differs('length of a seal', quoted(use) && seal((quoted(use) as Sold).quote).hash.length, 43)
  },
  '@omokit/rules/release': async ({ use }) => {
    const { compileRelease } = use<typeof import('@omokit/rules/release')>('@omokit/rules/release')
    const { quote } = use<typeof import('@omokit/rules')>('@omokit/rules')
    const book = compileRelease(await heldRelease(use))
    const answer = book.ok && quote(book.value, basket, 1_700_000_000_000)
    return differs('to pay under the release', answer && answer.ok && answer.value.totals.pay, 17_600)
  },
  '@omokit/rules/best': ({ use }) => {
    const { bestCoupons } = use<typeof import('@omokit/rules/best')>('@omokit/rules/best')
    const sold = quoted(use)
    return differs('best coupons', sold && bestCoupons(sold.book, basket, 0).ok, true)
  },
  '@omokit/rules/refund': ({ use }) => {
    const { refund } = use<typeof import('@omokit/rules/refund')>('@omokit/rules/refund')
    const sold = quoted(use)
    const back = sold && refund({ book: sold.book, sale: sold.quote, policy: 'keep', units: [{ line: '1', qty: 2 }] })
    return differs('cash back', back && back.ok && back.value.cash, 15_600)
  },
  '@omokit/rules/protect': ({ use }) => {
    const { owedByPrice } = use<typeof import('@omokit/rules/protect')>('@omokit/rules/protect')
    const day = 86_400_000
    const owed = owedByPrice({
      policy: { days: 7, zone: [[0, 0]] as never },
      claimAt: 3 * day,
      purchases: [{ sku: 'tea', qty: 1, paid: 8800, at: day }],
      prices: [{ sku: 'tea', price: 8000, from: 2 * day }],
    })
    return differs('price protection answers', owed.ok, true)
  },
  '@omokit/rules/tax': ({ use }) => {
    const { compile, quote } = use<typeof import('@omokit/rules')>('@omokit/rules')
    const { tax } = use<typeof import('@omokit/rules/tax')>('@omokit/rules/tax')
    const rules = [{ id: 'vat', kind: 'tax', percent: 10, mode: 'exclusive' }] as const
    const book = compile({ release: 1, currency: 'CNY', lists: ['base'], prices: (_list, sku) => ({ sku, price: 8800 }), rules: { rules }, parts: [tax] })
    const answer = book.ok && quote(book.value, basket, 0)
    return differs('to pay with tax', answer && answer.ok && answer.value.totals.pay, 19_360)
  },
  '@omokit/rules/barcode': ({ use }) => {
    const { readBarcode } = use<typeof import('@omokit/rules/barcode')>('@omokit/rules/barcode')
    const layouts = [
      {
        flag: '21',
        fields: [
          ['plu', 5],
          ['grams', 5],
        ],
      },
    ] as const
    const label = readBarcode('2100123004508', layouts, () => ({ sku: 'apple', pricePerKg: 1000 }))
    return differs('a scale label', label.ok ? label.value : label.issues[0]?.path, { sku: 'apple', grams: 450, amount: 450 })
  },
  '@omokit/tracker': async (inside) => {
    const { createTracker } = inside.use<typeof import('@omokit/tracker')>('@omokit/tracker')
    const { outbox, clock } = await stored(inside, 'tracker')
    const tracker = createTracker({ outbox, clock, who: () => ({}), may: () => true, place: { channel: 'miniprogram' } })
    await tracker.track('Product Viewed', { sku: 'tea' })
    return differs('streams with facts', (await outbox.stats()).streams.length > 0, true)
  },
  '@omokit/tracker/bots': ({ use }) => {
    const { botOf } = use<typeof import('@omokit/tracker/bots')>('@omokit/tracker/bots')
    return differs('a crawler', [botOf({ userAgent: 'Baiduspider/2.0' }), botOf({}) === undefined], ['crawler', true])
  },
  '@omokit/tracker/campaign': ({ use }) => {
    const { campaignFrom, qrFrom } = use<typeof import('@omokit/tracker/campaign')>('@omokit/tracker/campaign')
    const entry = { scene: 1047, query: { scene: 'c%3D9%26p%3Ddoor' } }
    return differs('a scanned code', [campaignFrom(entry), qrFrom(entry)?.code], [{ placement: 'door', scene: '1047' }, '9'])
  },
  '@omokit/tracker/debug': async (inside) => {
    const { createDebug, debugText, showDebugPanel } = inside.use<typeof import('@omokit/tracker/debug')>('@omokit/tracker/debug')
    const { outbox } = await stored(inside, 'debug')
    const debug = createDebug()
    debug.onIssue({ code: 'quota' })
    showDebugPanel({ debug, outbox })()
    return differs('a text', debugText(await debug.snapshot(outbox)), 'waiting: 0\nissues\n  quota')
  },
  '@omokit/tracker/destinations': async ({ use }) => {
    const { ga4Destination } = use<typeof import('@omokit/tracker/destinations')>('@omokit/tracker/destinations')
    const calls: unknown[] = []
    const { after } = ga4Destination({ gtag: (...call) => calls.push(call), purpose: 'marketing' })
    await after?.({ event: 'Products Searched', body: { query: 'tea' }, ref: { stream: 's', seq: 1 }, may: () => true })
    return differs('a copy', calls, [['event', 'search', { search_term: 'tea' }]])
  },
  '@omokit/tracker/mini': ({ use }) => {
    const { trackMini } = use<typeof import('@omokit/tracker/mini')>('@omokit/tracker/mini')
    const told: unknown[] = []
    const track = (event: string): Promise<undefined> => Promise.resolve(void told.push(event))
    const page = trackMini({ tracker: { track } }).page<{ onShow?: () => void; route: string }>({ route: 'pages/tea' })
    page.onShow?.()
    return differs('screens', told, ['Screen Viewed'])
  },
  '@omokit/tracker/sampling': ({ use }) => {
    const { createSampling } = use<typeof import('@omokit/tracker/sampling')>('@omokit/tracker/sampling')
    const { before } = createSampling({ rates: { 'x:seen': 0.1 } })
    const kept = ['visitor-3', 'visitor-4'].map((anonId) => before?.('x:seen', {}, { anonId, may: () => true }) ?? null)
    return differs('a sample', kept, [{ sampleRate: 0.1 }, null])
  },
  '@omokit/tracker/till': ({ use }) => {
    const { orderOf } = use<typeof import('@omokit/tracker/till')>('@omokit/tracker/till')
    const totals = { gross: 100, discount: 0, shipping: 0, shippingDiscount: 0, total: 100, rounding: 0, pay: 100 }
    const sale = { receiptNo: '1', order: 'o', release: 1, instant: 0, basket, totals, points: { earned: 0, burned: 0 }, seal: { hash: 'h' } }
    return differs('an order', orderOf(sale).products, [{ sku: 'tea', quantity: 2 }])
  },
  '@omokit/tracker/scrub': ({ use }) => {
    const { createScrub } = use<typeof import('@omokit/tracker/scrub')>('@omokit/tracker/scrub')
    const body = createScrub()('Products Searched', { query: '13812345678' })
    return differs('a phone number in a search', JSON.stringify(body).indexOf('13812345678'), -1)
  },
  '@omokit/identity': async (inside) => {
    const { createIdentity } = inside.use<typeof import('@omokit/identity')>('@omokit/identity')
    const { outbox, clock, ports } = await stored(inside, 'identity')
    const identity = createIdentity({ ports, clock, outbox, hub, key })
    const before = identity.ids().anonId
    await identity.consent.grantAll()
    return differs(
      'a visitor before and after the choice',
      [before, typeof identity.ids().anonId],
      [undefined, 'string'].map((value) => value ?? null),
    )
  },
  '@omokit/identity/resolve': ({ use }) => {
    const { resolve } = use<typeof import('@omokit/identity/resolve')>('@omokit/identity/resolve')
    const { clusters } = resolve([
      { id: 'e1', type: 'identify', ts: 1, anonId: 'phone', userId: 'u1' },
      { id: 'e2', type: 'identify', ts: 2, anonId: 'laptop', userId: 'u1' },
    ])
    return differs('persons', Object.keys(clusters).length, 1)
  },
  '@omokit/pricing-sync': async (inside) => {
    const { createPricingSync } = inside.use<typeof import('@omokit/pricing-sync')>('@omokit/pricing-sync')
    const { ports, clock } = await stored(inside, 'pricing')
    return differs('state', createPricingSync({ ports, clock, hub, key, keys: [] }).state(), 'empty')
  },
  '@omokit/pricing-sync/quote': async (inside) => {
    const { createPricingSync } = inside.use<typeof import('@omokit/pricing-sync')>('@omokit/pricing-sync')
    const { createQuoter } = inside.use<typeof import('@omokit/pricing-sync/quote')>('@omokit/pricing-sync/quote')
    const { ports, clock } = await stored(inside, 'quoter')
    const sync = createPricingSync({ ports, clock, hub, key, keys: [] })
    const answer = createQuoter({ sync, currency: 'CNY' }).quote(basket, 0)
    return differs('a quote without a release', answer.ok || answer.issues[0]?.code, 'no-release')
  },
  '@omokit/coupons': async (inside) => {
    const { createCoupons } = inside.use<typeof import('@omokit/coupons')>('@omokit/coupons')
    const { createCommands } = inside.use<typeof import('@omokit/core/commands')>('@omokit/core/commands')
    const { ports, clock } = await stored(inside, 'coupons')
    const commands = createCommands({ ports, clock, hub, key, attempts: 1 })
    const answer = await createCoupons({ commands, ports, hub, key, quote: () => ({ ok: false, issues: [{ code: 'no-release' }] }) }).list()
    return differs('the wallet without a network', answer.ok, false)
  },
  '@omokit/insights': ({ use }) => funnel(use<typeof import('@omokit/insights')>('@omokit/insights').stageFunnel),
  '@omokit/insights/alerts': ({ use }) => {
    const { cusum } = use<typeof import('@omokit/insights/alerts')>('@omokit/insights/alerts')
    return differs('a control chart answers', cusum([1, 1, 5, 5], { target: 1, slack: 0.5, limit: 3 }).ok, true)
  },
  '@omokit/insights/attribution': ({ use }) => {
    const { apportion } = use<typeof import('@omokit/insights/attribution')>('@omokit/insights/attribution')
    const shares = apportion(100, [1, 1, 1])
    return differs('shares of an order', shares.ok && shares.value, [34, 33, 33])
  },
  '@omokit/insights/clv': ({ use }) => {
    const { repeatRate } = use<typeof import('@omokit/insights/clv')>('@omokit/insights/clv')
    return differs('a repeat rate answers', repeatRate([0, 0, 1, 2]).ok, true)
  },
  '@omokit/insights/distributions': ({ use }) => {
    const { normalTwoSided } = use<typeof import('@omokit/insights/distributions')>('@omokit/insights/distributions')
    return differs('p of 1.96', normalTwoSided(1.959964).toFixed(4), '0.0500')
  },
  '@omokit/insights/experiments': ({ use }) => {
    const { twoProportions } = use<typeof import('@omokit/insights/experiments')>('@omokit/insights/experiments')
    return differs('a test of two proportions answers', twoProportions({ successes: 30, trials: 100 }, { successes: 45, trials: 100 }).ok, true)
  },
  '@omokit/insights/growth': ({ use }) => {
    const { netPromoterScore } = use<typeof import('@omokit/insights/growth')>('@omokit/insights/growth')
    const score = netPromoterScore([10, 9, 7, 3])
    return differs('promoters less detractors', score.ok && score.value.nps, 25)
  },
  '@omokit/insights/parity': ({ use }) => {
    const { priceConsistency } = use<typeof import('@omokit/insights/parity')>('@omokit/insights/parity')
    const prices = [
      { channel: 'web', price: 100 },
      { channel: 'till', price: 110 },
    ]
    const found = priceConsistency([{ sku: 'tea', prices }])
    return differs('articles priced apart', found.ok && found.value.inconsistent, ['tea'])
  },
  '@omokit/insights/rfm': ({ use }) => {
    const { customerTotals } = use<typeof import('@omokit/insights/rfm')>('@omokit/insights/rfm')
    const totals = customerTotals([], 0)
    return differs('totals of no orders', totals.ok && totals.value, [])
  },
  '@omokit/insights/roi': ({ use }) => {
    const { channelRoi } = use<typeof import('@omokit/insights/roi')>('@omokit/insights/roi')
    return differs('return of no channels', channelRoi([]).ok, true)
  },
  '@omokit/insights/funnel': ({ use }) => funnel(use<typeof import('@omokit/insights/funnel')>('@omokit/insights/funnel').stageFunnel),
  omokit: async (inside) => {
    const { createOmokit } = inside.use<typeof import('omokit')>('omokit')
    return shopWorks(createOmokit({ ports: portsOf(inside, 'root'), hub, key, keys: [] }))
  },
  'omokit/wechat': (inside) => {
    if (inside.host !== 'wechat') return undefined
    const { createOmokit } = inside.use<typeof import('omokit/wechat')>('omokit/wechat')
    return shopWorks(createOmokit({ brand: 'demo', instance: 'wechat', hub, key, keys: [] }))
  },
  'omokit/alipay': (inside) => {
    if (inside.host !== 'alipay') return undefined
    const { createOmokit } = inside.use<typeof import('omokit/alipay')>('omokit/alipay')
    return shopWorks(createOmokit({ brand: 'demo', instance: 'alipay', hub, key, keys: [] }))
  },
}

interface Sold {
  readonly book: CompiledBook
  readonly quote: Quote
}

function quoted(use: Inside['use']): Sold | undefined {
  const { compile, quote } = use<typeof import('@omokit/rules')>('@omokit/rules')
  const book = compile({ release: 1, currency: 'CNY', lists: ['base'], prices: (_list, sku) => ({ sku, price: 8800 }), rules: { rules: [rule] } })
  const answer = book.ok && quote(book.value, basket, 0)
  return book.ok && answer && answer.ok ? { book: book.value, quote: answer.value } : undefined
}

function portsOf({ host, use }: Inside, instance: string): Ports {
  return host === 'wechat'
    ? use<typeof import('@omokit/core/wechat')>('@omokit/core/wechat').createWechatPorts({ brand: 'demo', instance })
    : use<typeof import('@omokit/core/alipay')>('@omokit/core/alipay').createAlipayPorts({ brand: 'demo', instance })
}

async function stored(inside: Inside, instance: string) {
  const { createClock } = inside.use<typeof import('@omokit/core')>('@omokit/core')
  const { createOutbox } = inside.use<typeof import('@omokit/core/outbox')>('@omokit/core/outbox')
  const ports = portsOf(inside, instance)
  const clock = createClock({ time: ports.time, kv: ports.kv })
  return { ports, clock, outbox: createOutbox({ ports, clock, hub, key }) }
}

async function keeps(inside: Inside): Promise<string | undefined> {
  const { kv } = portsOf(inside, 'keeps')
  await kv.set('tea', '茶')
  return differs('what was kept', [await kv.get('tea'), await kv.keys('')], ['茶', ['tea']])
}

async function shopWorks(shop: import('omokit').Omokit | import('omokit/wechat').MiniOmokit): Promise<string | undefined> {
  await shop.start()
  await shop.consent.grantAll()
  await shop.track('Product Viewed', { sku: 'tea' })
  const report = await shop.flush()
  const answer = await shop.quote(basket, 0)
  await shop.stop()
  return differs('facts wait for a network, no release is no quote', [report.pending > 0, answer.ok || answer.issues[0]?.code], [true, 'no-release'])
}

function releaseTexts(use: Inside['use']) {
  const { buildRelease } = use<typeof import('@omokit/core/documents')>('@omokit/core/documents')
  const { toRows } = use<typeof import('@omokit/rules')>('@omokit/rules')
  const now = 1_700_000_000
  return buildRelease(
    {
      brand: 'demo',
      version: 1,
      validFrom: now - 60,
      refreshAfter: now + 3600,
      expiresAt: now + 86_400,
      kid: 'k1',
      options: { currency: 'CNY' },
      books: {
        'price/base': [['tea', 8800]],
        'rules/base': toRows({ rules: [{ ...rule, when: [{ type: 'subtotalAtLeast', amount: 20_000 }] }] }).map(([id, text]) => [id, text] as const),
      },
    },
    stamp,
  ).then((made) => {
    if (!made.ok) throw new Error(JSON.stringify(made.issues))
    return made.value
  })
}

async function heldRelease(use: Inside['use']): Promise<HeldRelease> {
  return use<typeof import('@omokit/core/documents')>('@omokit/core/documents').holdRelease(await releaseTexts(use), true)
}

function funnel(stageFunnel: typeof import('@omokit/insights').stageFunnel): string | undefined {
  const { stages, crossChannel } = stageFunnel([
    { person: 'u1', kind: 'Product Viewed', channel: 'web' },
    { person: 'u1', kind: 'Receipt Issued', channel: 'till' },
  ])
  return differs('a funnel', [stages[0]?.persons, crossChannel], [1, 1])
}

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
