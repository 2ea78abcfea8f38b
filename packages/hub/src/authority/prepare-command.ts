import { accept, refuse, type Result } from '@omokit/core'
import type { CommandAnswers, Operation } from '@omokit/core/commands'
import type { HubContext } from '../hub-context'
import type { MemberHandles } from '../members/member-handles'
import { bucketOf } from '../store/bucket'
import type { DoorArgument } from '../store/store'
import type { Caller } from './caller'
import type { CommandInputs } from './command-schemas'
import { itemOf, itemOfCode, newCouponCode, newId } from './coupon-code'
import type { CouponDefinitions } from './coupon-definitions'
import { couponToken, noEnd } from './coupon-token'

/** A command as the store's function takes it: its input, and the answer it has when nothing stands against it. */
export interface PreparedCommand {
  readonly input: Readonly<Record<string, unknown>>
  readonly answer: Result<unknown>
  /** The short way for one counter or item. */
  readonly single?: SingleHold
}

/** A hold of one counter or item. */
export interface SingleHold {
  /** The bucket of the right. */
  readonly bucket: number
  /** Its place in a call of `omokit_hold_many`, from the hold on. */
  readonly rest: readonly DoorArgument[]
}

/** What preparing needs of the hub. */
export interface Preparing {
  readonly context: Pick<HubContext, 'effects' | 'signer'>
  readonly definitions: CouponDefinitions
  readonly handles: MemberHandles
}

/** How long after its end a lease is kept from others when the terminal states no bound for its clock: 10 minutes. */
export const defaultClockBoundMs = 600_000

type Prepare<O extends Operation> = (
  deps: Preparing,
  caller: Caller,
  payload: CommandInputs[O],
  now: number,
  fresh: boolean,
) => Promise<Result<PreparedCommand>>

/** Prepares each operation; all that needs randomness, a signature or a clock happens here, all that needs the state in the store. */
export const prepareCommand: { readonly [O in Operation]: Prepare<O> } = {
  async claim({ context, definitions, handles }, { key, member }, payload, _now, fresh) {
    const { brand } = key
    const who = key.kind === 'publishable' ? member : payload.member
    if ((who === undefined) === (payload.visitor === undefined)) return refuse('invalid', { path: 'member', need: 'member or visitor' })
    const owner = who === undefined ? `v:${payload.visitor}` : `m:${who}`
    const found = await definitions.get(brand, payload.coupon, fresh)
    if (!found) return refuse('unknown-coupon', { path: 'coupon' })
    const code = newCouponCode(context.effects)
    const item = itemOfCode(code)
    const expiresAt = Math.min(found.definition.validUntil ?? noEnd, noEnd)
    // a visitor has no handle: the token is then good for whoever carries it
    const handle = who === undefined || !context.signer ? '0'.repeat(16) : await handles.of(brand, who)
    const token = await couponToken({ brand, handle, coupon: payload.coupon, item, expiresAt }, context.signer, context.effects)
    return accept({
      input: {
        coupon: payload.coupon,
        couponBucket: bucketOf(payload.coupon),
        counterBucket: bucketOf(`coupon:${payload.coupon}`),
        version: found.version,
        owner,
        ownerBucket: bucketOf(owner),
        item,
        itemBucket: bucketOf(item),
        code,
      },
      answer: accept<CommandAnswers['claim']>({ item, coupon: payload.coupon, code, expiresAt, ...(token === undefined ? {} : { token }) }),
    })
  },

  async hold({ context }, { key, member }, payload, now) {
    const rights = storeRights(payload.rights)
    if (!rights.ok) return rights
    const hold = newId('h', context.effects)
    const expiresAt = now + payload.ttlMs
    const who = key.kind === 'publishable' ? member : payload.member
    const bucket = bucketOf(hold)
    const { order, settle = false } = payload
    const place = payload.place && JSON.stringify(payload.place)
    const input = { hold, bucket, order, member: who, owner: who === undefined ? undefined : `m:${who}`, place, settle, expiresAt, rights: rights.value }
    const answer = accept<CommandAnswers['hold']>({ hold, expiresAt, rights: payload.rights })
    const one = rights.value.length === 1 ? rights.value[0] : undefined
    if (!one || one.kind === 'lots') return accept({ input, answer })
    const rest = [hold, bucket, one.kind, one.id, one.bucket, one.qty, order, who ?? null, place ?? null, expiresAt, settle]
    return accept({ input, answer, single: { bucket: one.bucket, rest } })
  },

  async confirm(_deps, _caller, payload) {
    const { hold, receipt, amounts } = payload
    return accept({ input: { hold, bucket: bucketOf(hold), receipt, amounts }, answer: accept<CommandAnswers['confirm']>({ hold, state: 'redeemed' }) })
  },

  async release(_deps, { key, member }, payload) {
    const { hold } = payload
    const input = { hold, bucket: bucketOf(hold), member: key.kind === 'publishable' ? member : undefined }
    return accept({ input, answer: accept<CommandAnswers['release']>({ hold, state: 'released' }) })
  },

  async reverse(_deps, _caller, payload) {
    const { hold, returnDocument, lines } = payload
    const rights =
      lines &&
      storeRights(
        lines.map((line) => line.right),
        'lines',
        '.right',
      )
    if (rights && !rights.ok) return rights
    const state = lines ? 'partly-reversed' : 'reversed'
    return accept({
      input: { hold, bucket: bucketOf(hold), returnDocument, rights: rights?.value, expect: state },
      answer: accept<CommandAnswers['reverse']>({ hold, state }),
    })
  },

  async lease({ context }, _caller, payload, now) {
    const rights = storeRights([payload.right], 'right', '')
    if (!rights.ok) return rights
    const { right, terminal, epoch, ttlMs, clockBoundMs = defaultClockBoundMs } = payload
    const lease = newId('l', context.effects)
    const expiresAt = now + ttlMs
    return accept({
      input: { lease, bucket: bucketOf(lease), right: rights.value[0], terminal, epoch, expiresAt, reclaimAt: expiresAt + clockBoundMs },
      answer: accept<CommandAnswers['lease']>({ lease, right, expiresAt, terminal, epoch }),
    })
  },

  async 'lease-return'(_deps, _caller, payload) {
    const { lease, spent } = payload
    // the store knows what is left, so its answer always replaces this one
    return accept({ input: { lease, bucket: bucketOf(lease), spent }, answer: accept<CommandAnswers['lease-return']>({ lease, returned: 0 }) })
  },
}

interface StoreRight {
  readonly kind: 'counter' | 'item' | 'lots'
  readonly id: string
  readonly bucket: number
  readonly qty: number
  readonly path: string
}

/** Rights with the bucket of each, equal ones added up, sorted by kind and id so that crossing orders lock in one order. */
function storeRights(rights: readonly CommandInputs['hold']['rights'][number][], at: string = 'rights', after: string = ''): Result<readonly StoreRight[]> {
  const all = new Map<string, StoreRight>()
  for (let i = 0; i < rights.length; i++) {
    const { kind, id: given, qty } = rights[i] as CommandInputs['hold']['rights'][number]
    const id = kind === 'item' ? itemOf(given) : given
    const before = all.get(`${kind} ${id}`)
    const path = at === 'right' ? at : `${at}.${i}${after}`
    if (before && kind === 'item') return refuse('invalid', { path, need: 'an item once' })
    all.set(`${kind} ${id}`, { kind, id, bucket: bucketOf(id), qty: qty + (before?.qty ?? 0), path: before?.path ?? path })
  }
  return accept([...all.values()].sort((a, b) => (a.kind !== b.kind ? (a.kind < b.kind ? -1 : 1) : a.id < b.id ? -1 : 1)))
}
