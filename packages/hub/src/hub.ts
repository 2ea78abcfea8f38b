import { OmoError, refuse } from '@omokit/core'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { authorityPart } from './authority/authority-part'
import { type HubEffects, processEffects } from './effects'
import { factsPart } from './facts/facts-part'
import { streamEndsConsumer } from './facts/stream-ends-consumer'
import { authorise } from './http/authorise'
import { defaultLimits, type HubLimits } from './http/limits'
import { servePublicFiles } from './http/public-files'
import { refusalResponse } from './http/refusal'
import type { HubApp, HubContext, HubEnv, HubMode, HubPart, HubSigner } from './hub-context'
import { keepBrandsApart } from './http/keep-brands-apart'
import { createFindKey } from './keys/find-key'
import { keysPart } from './keys/keys-part'
import { createMemberHandles } from './members/member-handles'
import { membersPart } from './members/members-part'
import { ordersConsumer } from './orders/orders-consumer'
import { receiptsConsumer } from './parity/receipts-consumer'
import { identityConsumer } from './persons/identity-consumer'
import { receivePart } from './receive/receive-part'
import { createReleaseCache } from './releases/release-cache'
import { releasesPart } from './releases/releases-part'
import { reportsPart } from './reports/reports-part'
import type { Store } from './store/store'

/** Options of {@link createHub}. */
export interface HubOptions {
  readonly store: Store
  readonly mode: HubMode
  /** Signs member codes, tokens and coupons. */
  readonly signer?: HubSigner
  /** Clock and randomness, default those of the process. */
  readonly effects?: HubEffects
  readonly limits?: Partial<HubLimits>
  /** Queue receipts and releases for a bus, to be handed over by `drainBus`; default false. */
  readonly bus?: boolean
  /** Folder with the demo page; dev only. */
  readonly publicDir?: string
  /** Told of every fault, for the operator's log. */
  readonly onFault?: (error: unknown) => void
}

/** A running hub. Stateless but for the store: any number of them may share one Postgres. */
export interface Hub {
  readonly app: HubApp
  readonly store: Store
  /** Answers a request; needs no socket. */
  fetch(request: Request): Promise<Response>
  /** Ends open event streams and timers; the store stays open. */
  close(): void
}

/** Puts the hub's parts together. Touches nothing until the first request. */
export function createHub(options: HubOptions): Hub {
  const effects = options.effects ?? processEffects
  const context: HubContext = {
    store: options.store,
    effects,
    mode: options.mode,
    limits: { ...defaultLimits, ...options.limits },
    findKey: createFindKey(options.store, effects.now),
    bus: options.bus ?? false,
    onFault: options.onFault ?? (() => undefined),
    ...(options.signer ? { signer: options.signer } : {}),
  }
  const releases = createReleaseCache()
  const handles = createMemberHandles(options.store, effects)
  const meanings: HubPart = {
    consumers: [
      receiptsConsumer({ releases, bus: context.bus, fetchTime: context.limits.staleRelease }),
      identityConsumer(),
      ordersConsumer(),
      streamEndsConsumer(),
    ],
  }
  const parts: HubPart[] = [
    keysPart(context),
    releasesPart(context, releases),
    meanings,
    membersPart(context, handles),
    authorityPart(context, handles),
    reportsPart(context),
  ]
  const memberOf = parts.find((part) => part.memberOf)?.memberOf
  const consumers = parts.flatMap((part) => part.consumers ?? [])
  parts.push(factsPart(context, consumers, memberOf), receivePart(context, consumers))

  const app: HubApp = new Hono<HubEnv>()
  app.use(
    '/v1/*',
    cors({ origin: '*', allowHeaders, exposeHeaders: ['accept-encoding', 'date', 'etag', 'omokit-latest', 'omokit-time', 'retry-after'], maxAge: 86_400 }),
  )
  app.use('/v1/*', async (c, next) => {
    await next()
    c.header('accept-encoding', 'gzip') // of requests: RFC 9110, 12.5.3
  })
  app.use('/v1/*', keepBrandsApart)
  app.use('/v1/*', authorise(context, memberOf))
  for (const part of parts) part.mount?.(app)
  if (options.mode === 'dev' && options.publicDir !== undefined) servePublicFiles(app, options.publicDir)
  app.notFound(() => refusalResponse(refuse('not-found')))
  app.onError((error) => {
    context.onFault(error)
    // our own codes say what is wrong; anything else is a fault of the surroundings, safe to try again
    return refusalResponse(refuse(error instanceof OmoError ? error.code : 'unavailable'))
  })
  return {
    app,
    store: options.store,
    fetch: async (request) => app.fetch(request),
    close: () => {
      for (const part of parts) part.close?.()
    },
  }
}

const allowHeaders = ['authorization', 'content-encoding', 'content-type', 'if-none-match', 'omokit-member']
