import { createIds, type OfflineContract, type Ports, type RedemptionBody } from '@omokit/core'
import type { Right } from '@omokit/core/commands'
import type { Outbox } from '@omokit/core/outbox'

/** A part of a right that this till may spend without the hub. */
export interface Lease {
  readonly lease: string
  readonly right: Right
  /** Milliseconds. */
  readonly expiresAt: number
  readonly acquiredAt: number
  readonly terminal: string
  /** The boot of this till that asked for it. */
  readonly epoch: string
  /** The coupon a counter's units are for. */
  readonly coupon?: string
  readonly contract?: OfflineContract | false
}

/** A lease that was asked for and not yet answered: asked again with the same words, so that a crash costs no units. */
interface Asked {
  readonly right: Right
  readonly ttlMs: number
  readonly epoch: string
  readonly occasion: string
}

/** A redemption; `settled` 0: not known to stand in the journal. */
type Entry = readonly [body: RedemptionBody, settled: 0 | 1]

/**
 * What this till may spend and has spent. A redemption is entered *before* it is appended to the journal and settled
 * after, one key per item; at the first use in a process the journal is read over and what it knows more is entered. So
 * the book is never behind the journal, and balances are counted, not kept.
 */
export interface LeaseBook {
  leases(): Promise<readonly Lease[]>
  add(lease: Lease): Promise<void>
  /** Removes a lease that was given back, with what was entered under it. */
  remove(lease: string): Promise<void>
  ask(right: Right, ttlMs: number): Promise<Asked>
  asked(right: Right): Promise<void>
  find(item: string): Promise<Entry | undefined>
  spent(lease: string): Promise<readonly RedemptionBody[]>
  enter(body: RedemptionBody): Promise<void>
  settle(body: RedemptionBody): Promise<void>
  strike(body: RedemptionBody): Promise<void>
}

const leaseKey = 'coupons.lease/'
const askedKey = 'coupons.asked/'
const spentKey = 'coupons.spent/'

export function createLeaseBook({ kv, entropy }: Pick<Ports, 'kv' | 'entropy'>, outbox: Pick<Outbox, 'readTrade'>): LeaseBook {
  const id = createIds(entropy)
  let epoch: string | undefined
  let reading: Promise<void> | undefined

  const read = async <T>(key: string): Promise<T | undefined> => {
    const text = await kv.get(key)
    return text ? (JSON.parse(text) as T) : undefined
  }
  const write = (key: string, value: unknown): Promise<void> => kv.set(key, JSON.stringify(value))
  const all = async <T>(prefix: string): Promise<T[]> => Promise.all((await kv.keys(prefix)).map((key) => read<T>(key) as Promise<T>))
  // the lease stands in the key, so that a balance is a count of keys; items are looked up by the key's end
  const keyOf = ({ lease = '', item }: RedemptionBody): string => `${spentKey}${lease}/${item}`
  const enter = (body: RedemptionBody, settled: 0 | 1): Promise<void> => write(keyOf(body), [body, settled] satisfies Entry)
  const askedFor = ({ kind, id }: Right): string => `${askedKey}${kind}/${id}`

  const readJournal = async (): Promise<void> => {
    for (const { fact } of await outbox.readTrade()) {
      if (fact.kind !== 'Coupon Redeemed') continue
      const body = fact.body as RedemptionBody
      const [, settled] = (await read<Entry>(keyOf(body))) || []
      if (!settled) await enter(body, 1)
    }
  }
  const journalRead = (): Promise<void> =>
    (reading =
      reading ||
      readJournal().catch((error) => {
        reading = undefined
        throw error
      }))

  return {
    leases: () => all<Lease>(leaseKey),
    add: (lease) => write(leaseKey + lease.lease, lease),
    async remove(lease) {
      await kv.del(leaseKey + lease)
      for (const key of await kv.keys(`${spentKey}${lease}/`)) await kv.del(key)
    },
    async ask(right, ttlMs) {
      const key = askedFor(right)
      const before = await read<Asked>(key)
      if (before) return before
      const asked: Asked = { right, ttlMs, epoch: (epoch = epoch || (await id())), occasion: await id() }
      await write(key, asked)
      return asked
    },
    asked: (right) => kv.del(askedFor(right)),
    async find(item) {
      await journalRead()
      const [key] = (await kv.keys(spentKey)).filter((one) => one.slice(one.indexOf('/', spentKey.length) + 1) === item)
      return key ? read<Entry>(key) : undefined
    },
    async spent(lease) {
      await journalRead()
      return (await all<Entry>(`${spentKey}${lease}/`)).map((entry) => entry[0])
    },
    enter: (body) => enter(body, 0),
    settle: (body) => enter(body, 1),
    strike: (body) => kv.del(keyOf(body)),
  }
}
