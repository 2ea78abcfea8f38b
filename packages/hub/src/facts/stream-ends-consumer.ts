import type { Fact, StreamEndedBody } from '@omokit/core'
import { bucketOf } from '../store/bucket'
import type { FactConsumer } from './consumer'

/** `Stream Ended`: notes where a stream of the same key ends and how many of its facts were deleted unsent. */
export function streamEndsConsumer(): FactConsumer {
  return {
    kinds: ['Stream Ended'],
    check: (fact) => (isEnd(fact) ? undefined : 'invalid'),
    async take(trx, brand, facts) {
      for (const { fact, from, receivedAt } of facts) {
        const { stream, through, purged } = fact.body as StreamEndedBody
        const at = { brand, bucket: bucketOf(stream), stream }
        const end = { ended_through: through, purged }
        await trx
          .insertInto('streams')
          .values({
            ...at,
            ...end,
            lane: 'observe',
            key_hash: from.key.hash,
            head: through,
            first_day: new Date(receivedAt).toISOString().slice(0, 10),
            seen_at: receivedAt,
          })
          // a stream that another key began is not this device's to end
          .onConflict((on) => on.columns(['brand', 'bucket', 'stream']).doUpdateSet(end).where('streams.key_hash', '=', from.key.hash))
          .execute()
      }
    },
  }
}

function isEnd({ body }: Fact): boolean {
  const { stream, through, purged } = body as Partial<StreamEndedBody>
  return typeof stream === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(stream) && isCount(through) && isCount(purged) && purged <= through
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
