import { sql } from 'kysely'
import type { Json } from '@omokit/core'
import { bucketOf } from '../store/bucket'
import type { Store, Trx } from '../store/store'

/** A message for the bus. Messages of one key are handed over in order. */
export interface BusMessage {
  readonly topic: string
  readonly key: string
  readonly payload: Json
  /** Milliseconds. */
  readonly at: number
}

/** Queues a message in the transaction of what it tells: both happen or neither. */
export async function queueForBus(trx: Trx, brand: string, message: BusMessage): Promise<void> {
  const { topic, key, payload, at } = message
  await trx
    .insertInto('bus_outbox')
    .values({ brand, bucket: bucketOf(key), topic, key, payload: JSON.stringify(payload), at })
    .execute()
}

/**
 * Hands queued messages to `publish` and forgets them once it resolved: each is published at least once. Several drains may
 * run at once, each takes other rows. Answers how many were handed over.
 */
export async function drainBus(store: Store, brand: string, publish: (messages: readonly BusMessage[]) => Promise<void>, most: number = 200): Promise<number> {
  return store.tx(brand, async (trx) => {
    const rows = await sql<{ bucket: number; id: number; topic: string; key: string; payload: string; at: number }>`
      select bucket, id, topic, key, payload, at from bus_outbox where brand = ${brand} order by id limit ${most} for update skip locked`.execute(trx)
    if (!rows.rows.length) return 0
    await publish(rows.rows.map(({ topic, key, payload, at }) => ({ topic, key, payload: JSON.parse(payload) as Json, at })))
    const ids = rows.rows.map((row) => row.id)
    await sql`delete from bus_outbox where brand = ${brand} and bucket = any(${[...new Set(rows.rows.map((row) => row.bucket))]}::smallint[]) and id = any(${ids}::bigint[])`.execute(
      trx,
    )
    return ids.length
  })
}
