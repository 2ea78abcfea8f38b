import { accept, refuse, type Result } from '@omokit/core'
import { chunksText, deltaOf, pack, viewText } from '@omokit/core/documents'
import type { Context } from 'hono'
import { etagOfBrand } from '../http/keep-brands-apart'
import { answer, json } from '../http/answer'
import { refuseUnless } from '../http/authorise'
import { readBody } from '../http/read-body'
import { refusalResponse } from '../http/refusal'
import type { HubContext, HubEnv, HubPart } from '../hub-context'
import { bucketOf } from '../store/bucket'
import type { Trx } from '../store/store'
import { newestKeySet, publishKeySet } from './key-sets'
import { publishRelease } from './publish-release'
import type { ReleaseCache } from './release-cache'
import { createReleaseFeed } from './release-feed'
import { type ReleaseEvent, releaseStream } from './release-stream'
import { isFor, type ReleaseHead, releaseHeads } from './stored-release'

/** Chunks one request may name: their names fit any cache's limit on addresses. */
const chunksTogether = 32

/** How often another replica's publications are looked for, milliseconds. */
const lookEvery = 2000

/** Everything below `/v1/releases`, `/v1/chunks` and `/v1/keys`. */
export function releasesPart(context: HubContext, cache: ReleaseCache): HubPart {
  const { store, effects, limits } = context
  const feed = createReleaseFeed()
  const open = new Set<() => void>()
  let offLook: (() => void) | undefined

  const newest = async (trx: Trx, brand: string, shop: string | undefined): Promise<ReleaseHead | undefined> =>
    (await releaseHeads(trx, brand)).find((head) => isFor(head, shop))

  /** Text of the delta, or why the pack must be fetched. */
  async function delta(trx: Trx, brand: string, from: number, to: ReleaseHead): Promise<Result<string>> {
    const [before, after] = [await cache.load(trx, brand, from), await cache.load(trx, brand, to.version)]
    if (!before || !after) return refuse('base-lost', { have: from, need: to.version })
    const made = deltaOf(before, after)
    return made.ok ? made : refuse('base-lost', { have: from, need: to.version })
  }

  async function next(brand: string, shop: string | undefined, since: number): Promise<ReleaseEvent | undefined> {
    return store.tx(brand, async (trx) => {
      const head = await newest(trx, brand, shop)
      if (!head || head.version <= since) return undefined
      const made = since > 0 ? await delta(trx, brand, since, head) : refuse('base-lost')
      return made.ok ? { version: head.version, event: 'd', data: made.value } : { version: head.version, event: 'n', data: `${head.text}\n${head.signature}` }
    })
  }

  const shopOf = (c: Context<HubEnv>): string | undefined => c.req.query('store') || undefined
  const noRelease = (): Response => refusalResponse(refuse('no-release'))

  return {
    close() {
      offLook?.()
      for (const end of [...open]) end()
    },
    mount(app) {
      // a client on an untrusted clock learns the time from what it fetches anyway; caches do not change it as they do Date
      app.use('/v1/releases/*', async (c, next) => {
        await next()
        c.header('omokit-time', String(effects.now()))
      })

      app.get('/v1/releases/head', async (c) => {
        const { brand } = c.var.key
        const heads = await store.tx(brand, (trx) => releaseHeads(trx, brand))
        const head = heads.find((one) => isFor(one, shopOf(c)))
        return beside(
          heads,
          head
            ? (known(c, head.version) ?? text(`${head.text}\n${head.signature}\n`, { etag: `"${head.version}"`, 'cache-control': 'no-cache' }))
            : noRelease(),
        )
      })

      app.get('/v1/releases/delta', async (c) => {
        const { brand } = c.var.key
        const from = count(c.req.query('from'))
        if (from === undefined) return refusalResponse(refuse('invalid', { path: 'from' }))
        const made = await store.tx(brand, async (trx): Promise<Result<ReleaseHead & { delta: string }>> => {
          const head = await newest(trx, brand, shopOf(c))
          if (!head) return refuse('no-release')
          if (head.version === from) return accept({ ...head, delta: '' })
          const found = await delta(trx, brand, from, head)
          return found.ok ? accept({ ...head, delta: found.value }) : found
        })
        if (!made.ok) return refusalResponse(made)
        const etag = `"${made.value.version}"`
        return made.value.delta ? text(made.value.delta, { etag, 'cache-control': 'no-cache' }) : new Response(null, { status: 304, headers: { etag } })
      })

      app.get('/v1/releases/pack', async (c) => {
        const { brand } = c.var.key
        const wanted = c.req.query('version')
        const version = wanted === undefined ? undefined : count(wanted)
        if (wanted !== undefined && version === undefined) return refusalResponse(refuse('invalid', { path: 'version' }))
        const { heads, texts } = await store.tx(brand, async (trx) => {
          const all = await releaseHeads(trx, brand)
          const found = version ?? all.find((head) => isFor(head, shopOf(c)))?.version
          return { heads: all, texts: found === undefined ? undefined : await cache.load(trx, brand, found) }
        })
        if (!texts) return beside(heads, noRelease())
        const { header } = texts.signed
        const lasting = wanted === undefined ? 'no-cache' : 'private, max-age=31536000, immutable'
        return beside(heads, known(c, header.version) ?? text(pack(texts), { etag: `"${header.version}"`, 'cache-control': lasting }))
      })

      app.get('/v1/releases/view', async (c) => {
        const { brand } = c.var.key
        const [wanted, from] = [c.req.query('version'), c.req.query('from') ?? '0'].map((value) => (value === undefined ? 0 : count(value)))
        if (wanted === undefined || from === undefined) return refusalResponse(refuse('invalid', { path: wanted === undefined ? 'version' : 'from' }))
        const { heads, texts, base } = await store.tx(brand, async (trx) => {
          const all = await releaseHeads(trx, brand)
          const version = wanted || all.find((head) => isFor(head, shopOf(c)))?.version
          const current = version === undefined || known(c, version)
          return {
            heads: all,
            texts: version === undefined ? undefined : current ? version : await cache.load(trx, brand, version),
            base: from && !current ? await cache.load(trx, brand, from) : undefined,
          }
        })
        if (!texts) return beside(heads, noRelease())
        if (typeof texts === 'number') return beside(heads, known(c, texts) as Response)
        return beside(heads, text(viewText(texts, base), { etag: `"${texts.signed.header.version}"`, 'cache-control': 'no-cache' }))
      })

      app.get('/v1/releases/stream', (c) => {
        const { brand } = c.var.key
        const since = count(c.req.query('since') ?? c.req.header('last-event-id') ?? '0')
        if (since === undefined) return refusalResponse(refuse('invalid', { path: 'since' }))
        const shop = shopOf(c)
        offLook ??= effects.every(lookEvery, () => {
          for (const followed of feed.followed()) feed.announce(followed)
        })
        return releaseStream(context, feed, open, { brand, since, next: (held) => next(brand, shop, held) })
      })

      app.get('/v1/chunks', async (c) => {
        const { brand } = c.var.key
        const names = [...new Set((c.req.query('names') ?? '').split(','))]
        if (names.length > chunksTogether) return refusalResponse(refuse('too-many', { path: 'names', have: names.length, need: chunksTogether }))
        const rows = await store.tx(brand, (trx) =>
          trx
            .selectFrom('chunks')
            .select(['name', 'text'])
            .where('brand', '=', brand)
            .where('bucket', 'in', names.map(bucketOf))
            .where('name', 'in', names)
            .execute(),
        )
        const found = new Map(rows.map((row) => [row.name, row.text]))
        const missing = names.find((name) => !found.has(name))
        if (missing !== undefined) return refusalResponse(refuse('not-found', { have: missing.slice(0, 43) }))
        return text(chunksText(names.map((name) => found.get(name) as string)), { 'cache-control': 'private, max-age=31536000, immutable' })
      })

      app.get('/v1/chunks/:name', async (c) => {
        const { brand } = c.var.key
        const name = c.req.param('name')
        const row = await store.tx(brand, (trx) =>
          trx.selectFrom('chunks').select('text').where('brand', '=', brand).where('bucket', '=', bucketOf(name)).where('name', '=', name).executeTakeFirst(),
        )
        return row ? text(row.text, { 'cache-control': 'private, max-age=31536000, immutable' }) : refusalResponse(refuse('not-found'))
      })

      app.get('/v1/keys', async (c) => {
        const { brand } = c.var.key
        const set = await store.tx(brand, (trx) => newestKeySet(trx, brand))
        return set ? (known(c, set.version) ?? text(set.text, { etag: `"${set.version}"`, 'cache-control': 'no-cache' })) : refusalResponse(refuse('not-found'))
      })

      app.put('/v1/keys', async (c) => {
        const refused = refuseUnless(c.var.key, ['staff'])
        if (refused) return refused
        const body = await readBody(c.req.raw, limits.bodyBytes)
        if (!body.ok) return answer(body)
        const done = await publishKeySet(store, c.var.key.brand, body.value, effects.now())
        return done.ok ? json({ version: done.value.version }) : answer(done)
      })

      app.post('/v1/releases', async (c) => {
        const refused = refuseUnless(c.var.key, ['secret', 'staff'], ['publish'])
        if (refused) return refused
        const body = await readBody(c.req.raw, limits.packBytes)
        if (!body.ok) return answer(body)
        const { brand } = c.var.key
        const done = await publishRelease({ store, cache, bus: context.bus }, brand, body.value, effects.now())
        if (!done.ok) return answer(done)
        if (done.value.fresh) feed.announce(brand)
        return json({ version: done.value.version })
      })
    },
  }
}

/** States the newest release of all beside an answer, pilots for other stores included: the next publisher must go above it. */
function beside(heads: readonly ReleaseHead[], response: Response): Response {
  if (heads[0]) response.headers.set('omokit-latest', String(heads[0].version))
  return response
}

function known(c: Context<HubEnv>, version: number): Response | undefined {
  const etag = `"${version}"`
  const held = c.req.header('if-none-match')
  return held === etag || held === etagOfBrand(etag, c.var.key.brand) ? new Response(null, { status: 304, headers: { etag } }) : undefined
}

const text = (body: string, headers: Readonly<Record<string, string>>): Response =>
  new Response(body, { headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } })

function count(value: string | undefined): number | undefined {
  return value !== undefined && /^(?:0|[1-9][0-9]{0,15})$/.test(value) ? Number(value) : undefined
}
