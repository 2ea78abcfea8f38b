import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { accept, OmoError, type Clock, type FactsRequest, type Issue, type NetResponse, type Result } from '@omokit/core'
import type { Commands } from '@omokit/core/commands'
import type { SigningKey } from '@omokit/core/documents'
import { createPureCrypto } from '@omokit/core/ed25519'
import { pack } from '@omokit/core/envelope'
import { createMemoryDevice, createMemoryPorts, type MemoryDevice, type MemoryPorts } from '@omokit/core/memory'
import { createOutbox, type Outbox } from '@omokit/core/outbox'
import { createOfflineCoupons, type OfflineCoupons, type OfflineCouponsOptions } from '@omokit/coupons'

export const start: number = Date.UTC(2026, 5, 1, 9)

const pair = generateKeyPairSync('ed25519')
const signingKey: SigningKey = { kid: 'k1', key: pair.publicKey.export({ format: 'jwk' }).x as string, state: 'active' }

/** A coupon token as the hub signs it. */
export function token(coupon: string, item: string, more: { brand?: string; expiresAt?: number; store?: string; key?: KeyObject } = {}): Promise<string> {
  const { brand = 'b', expiresAt = start / 1000 + 86_400, store, key = pair.privateKey } = more
  return pack(
    {
      brand,
      kid: 'k1',
      type: 'coupon',
      expiresAt,
      nonce: '0a0b0c0d',
      claims: { handle: '00112233445566ff', coupon, item, ...(store !== undefined && { store }) },
    },
    (message) => Promise.resolve(new Uint8Array(sign(null, message, key))),
  )
}

/** The hub as far as a till needs it: takes facts, leases what it is asked for. */
export interface Hub {
  online: boolean
  /** Redemptions that arrived, as "item@order". */
  readonly burned: string[]
  readonly commands: { readonly operation: string; readonly occasion: unknown; readonly payload: unknown }[]
  answer?: Result<unknown>
  definitions: readonly unknown[]
}

export const openHub = (): Hub => ({ online: true, burned: [], commands: [], definitions: [] })

/** A running till process on a device. */
export interface Till {
  readonly coupons: OfflineCoupons
  readonly outbox: Outbox
  readonly ports: MemoryPorts
  readonly issues: Issue[]
  now: number
}

export function openTill(hub: Hub, device: MemoryDevice = createMemoryDevice(), more: Partial<OfflineCouponsOptions> = {}): Till {
  const issues: Issue[] = []
  const ports = createMemoryPorts({
    brand: 'b',
    device,
    net: { send: (request) => (hub.online ? Promise.resolve(take(hub, request.url, request.body)) : Promise.reject(new OmoError('unavailable', 'offline'))) },
  })
  const clock: Clock = {
    read: () => ({ now: till.now, device: till.now, mono: till.now - start, source: 'server' }),
    observe: () => undefined,
    floor: () => undefined,
  }
  const outbox = createOutbox({ ports, clock, hub: 'http://hub', key: 'tk_test_b_1', onIssue: (issue) => issues.push(issue), limits: { journal: 1 } })
  const till: Till = {
    ports,
    outbox,
    issues,
    now: start,
    coupons: createOfflineCoupons({
      ports,
      clock,
      outbox,
      hub: 'http://hub',
      key: 'tk_test_b_1',
      terminal: 'till-1',
      keys: () => [signingKey],
      crypto: createPureCrypto(),
      commands: { call: leasing(hub) as Commands['call'] },
      ...more,
    }),
  }
  return till
}

function take(hub: Hub, url: string, body: string | undefined): NetResponse {
  if (url.endsWith('/v1/coupons')) return { status: 200, headers: {}, text: JSON.stringify({ coupons: hub.definitions }) }
  const request = JSON.parse(body as string) as FactsRequest
  for (const fact of request.facts) if (fact.kind === 'Coupon Redeemed') hub.burned.push(`${String(fact.body['item'])}@${String(fact.body['order'])}`)
  return { status: 200, headers: {}, text: JSON.stringify({ through: request.facts[request.facts.length - 1]?.seq, except: [], server_time: start }) }
}

interface LeasePayload {
  readonly right: { readonly id: string }
  readonly ttlMs: number
  readonly terminal: string
  readonly epoch: string
}

function leasing(hub: Hub): (operation: string, occasion: unknown, payload: LeasePayload) => Promise<Result<unknown>> {
  return (operation, occasion, payload) => {
    hub.commands.push({ operation, occasion, payload })
    if (!hub.online) return Promise.resolve({ ok: false, issues: [{ code: 'unavailable' }] })
    if (hub.answer) return Promise.resolve(hub.answer)
    if (operation === 'lease-return') return Promise.resolve(accept({ lease: 'l', returned: 0 }))
    return Promise.resolve(
      accept({ lease: `L-${payload.right.id}`, right: payload.right, expiresAt: start + payload.ttlMs, terminal: payload.terminal, epoch: payload.epoch }),
    )
  }
}
