import { accept, refuse, type Result } from '@omokit/core'
import type { HubApp } from '@omokit/hub'
import type { Basket } from '@omokit/rules'
import type { Server } from 'omokit'
import { brand, coupon, members, ruleNames, stores } from './brand/brand'
import { catalogue } from './brand/catalogue'
import type { DemoConfig, DemoState, Repriced, ServerAnswer } from './demo-config'
import { priceSeal } from './price-seal'
import type { DemoHub } from './demo-hub'

/** What is there once the hub has started. */
export interface DemoParts {
  readonly hub: DemoHub
  /** The brand's own server: the fourth channel. */
  readonly server: Server
  readonly run: string
}

/** Files of the page. */
export interface PageFiles {
  readonly html: string
  readonly css: string
  readonly script: string
}

const most = 64_000
const highestPrice = 10_000_000

/**
 * Adds the page and what only a demonstration has: keys handed out, members logged in and prices changed by a click. For a
 * socket of 127.0.0.1; a request that names another host or comes from another site's page is refused.
 */
export function addDemoRoutes(app: HubApp, files: PageFiles, parts: () => DemoParts): void {
  const changes: Record<string, number> = {}
  const articles = catalogue()

  app.use('*', async (c, next) => {
    const host = c.req.header('host') ?? ''
    const origin = c.req.header('origin')
    // a name that was made to point here, or a page from elsewhere, must not reach the keys
    if (!c.req.path.startsWith('/v1/') && (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host) || (origin !== undefined && origin !== `http://${host}`)))
      return answer(refuse('forbidden'))
    await next()
  })
  const file = (path: string, type: string, body: string): void => {
    app.get(
      path,
      () => new Response(body, { headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store', 'content-security-policy': policy } }),
    )
  }
  file('/', 'text/html', files.html)
  file('/page.css', 'text/css', files.css)
  file('/page.js', 'text/javascript', files.script)

  app.get('/demo/config', () => {
    const { hub, run } = parts()
    const config: DemoConfig = {
      brand,
      run,
      publishable: hub.keys.publishable,
      terminal: hub.keys.terminals[stores[0]?.storeId ?? ''] ?? '',
      keys: [hub.signingKey, hub.hubKey].map(({ kid, publicKey }) => ({ kid, key: publicKey, state: 'active' })),
      stores,
      members,
      coupon: { id: coupon.id, name: coupon.name, nameEn: coupon.nameEn },
      articles,
      ruleNames,
      changes,
    }
    return json(config)
  })

  app.post('/demo/login', async (c) => {
    const body = await readObject(c.req.raw)
    if (!body.ok) return answer(body)
    const known = members.find(({ member }) => member === body.value['member'])
    return known ? json(await parts().hub.login(known.member)) : answer(refuse('not-found', { path: 'member' }))
  })

  app.post('/demo/reprice', async (c) => {
    const body = await readObject(c.req.raw)
    if (!body.ok) return answer(body)
    const { sku, price } = body.value
    if (!articles.some((article) => article.sku === sku)) return answer(refuse('not-found', { path: 'sku' }))
    if (typeof price !== 'number' || !Number.isInteger(price) || price < 1 || price > highestPrice) return answer(refuse('invalid', { path: 'price' }))
    const { hub, server } = parts()
    const version = await hub.publish({ ...changes, [String(sku)]: price })
    changes[String(sku)] = price
    await server.pricing.refresh()
    const done: Repriced = { version, changes }
    return json(done)
  })

  app.post('/demo/quote', async (c) => {
    const body = await readObject(c.req.raw)
    if (!body.ok) return answer(body)
    const { server } = parts()
    // the evaluator checks the basket itself: shape, unknown keys, amounts, work
    const quote = server.quote(body.value as unknown as Basket)
    const told: ServerAnswer = {
      version: server.pricing.version(),
      state: server.pricing.state(),
      ...(quote.ok ? { quote: quote.value, seal: priceSeal(quote.value) } : { issues: quote.issues }),
    }
    return json(told)
  })

  app.get('/demo/state', async () => {
    const { hub } = parts()
    const report = async (name: string): Promise<unknown> =>
      (await hub.hub.fetch(new Request(`${hub.url}/v1/reports/${name}`, { headers: { authorization: `Bearer ${hub.keys.secret}` } }))).json()
    const { streams } = (await report('streams')) as Pick<DemoState, 'streams'>
    const { findings } = (await report('findings')) as Pick<DemoState, 'findings'>
    const state: DemoState = {
      streams: streams.map(({ stream, stored, missing }) => ({ stream, stored, missing })),
      findings: findings.slice(0, 50).map(({ code, subject, foundAt }) => ({ code, subject, foundAt })),
    }
    return json(state)
  })
}

// nothing from outside, no inline script
const policy = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** A JSON object of at most 64,000 bytes. */
async function readObject(request: Request): Promise<Result<Readonly<Record<string, unknown>>>> {
  // a form of another site cannot send this type without being asked for permission first
  if (!(request.headers.get('content-type') ?? '').startsWith('application/json'))
    return refuse('malformed', { path: 'content-type', need: 'application/json' })
  const parts: Uint8Array[] = []
  let bytes = 0
  const reader = request.body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    parts.push(part.value)
    bytes += part.value.length
    if (bytes > most) {
      await reader?.cancel()
      return refuse('too-large', { need: most })
    }
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return accept(value as Record<string, unknown>)
  } catch {
    // told below
  }
  return refuse('malformed')
}

const statuses: Readonly<Record<string, number>> = { 'not-found': 404, 'too-large': 413, forbidden: 403 }

const json = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } })

const answer = (refusal: ReturnType<typeof refuse>): Response => json(refusal, statuses[refusal.ok ? '' : (refusal.issues[0]?.code ?? '')] ?? 400)
