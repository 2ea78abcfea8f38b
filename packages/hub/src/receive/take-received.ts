import { type Channel, type FactBody, type FactKind, factKinds, type Issue, type Lane } from '@omokit/core'
import { readFact } from '../facts/read-fact'
import { type Sender, type TakeFactsContext, takeFactsIn } from '../facts/take-facts'
import { bucketOf } from '../store/bucket'
import type { Trx } from '../store/store'
import type { ReceivedMessage, Source } from './read-messages'

/** What became of a payload. */
export interface ReceiveAnswer {
  /** Messages stored now. */
  readonly taken: number
  /** Messages that had been stored before. */
  readonly duplicates: number
  /** By the message's place in the payload, from 0. */
  readonly refused: readonly (Issue & { readonly index: number; readonly name: string })[]
  /** Names omokit has no kind for: stored as `x:` and the name. */
  readonly unknown: readonly string[]
}

/** What bounds a payload, and what names a message that has no id. */
export interface ReceiveLimits {
  readonly factBytes: number
  /** Never the same twice. */
  readonly nonce: string
}

const channels: Readonly<Record<Source, Channel>> = { segment: 'web', ga4: 'web', youshu: 'miniprogram' }
const lanes: readonly Lane[] = ['trade', 'observe']

/** The stream a key's messages of one source stand in: always the same, so that its numbers are gapless and its facts can be found. */
export const receiveStream = (source: Source, lane: Lane, keyHash: string): string => `recv-${source}-${lane}-${keyHash.slice(0, 24)}`

/**
 * Stores a payload's messages in one transaction, each once by its sender's id, numbered by the hub in a stream of its own for each key, source and lane. A message
 * that was refused may come again: it is judged anew.
 */
export async function takeReceived(
  trx: Trx,
  context: TakeFactsContext,
  source: Source,
  messages: readonly ReceivedMessage[],
  limits: ReceiveLimits,
  sender: Sender,
  day: string,
): Promise<ReceiveAnswer> {
  const { key, receivedAt } = sender
  const { brand } = key
  const owner = { brand, key_hash: key.hash, source }
  // every request of this key and source stands in line at its streams, in one order
  const heads = new Map<Lane, Head>()
  for (const lane of lanes) heads.set(lane, await headOf(trx, brand, receiveStream(source, lane, key.hash), lane, sender, day))

  const ids = [...new Set(messages.flatMap(({ id }) => (id === undefined ? [] : [id])))]
  const before = new Map<string, string | null>()
  if (ids.length) {
    const rows = await trx
      .selectFrom('received')
      .select(['id', 'code'])
      .where('brand', '=', brand)
      .where('key_hash', '=', key.hash)
      .where('source', '=', source)
      .where('bucket', 'in', [...new Set(ids.map(bucketOf))])
      .where('id', 'in', ids)
      .execute()
    for (const { id, code } of rows) before.set(id, code)
  }

  const refused: (Issue & { index: number; name: string })[] = []
  const unknown = new Set<string>()
  const repeated = new Map<string, number>()
  const seen = new Set<string>()
  const fresh: { readonly index: number; readonly message: ReceivedMessage; readonly lane: Lane }[] = []
  for (const [index, message] of messages.entries()) {
    const { id, event, name } = message
    if (id !== undefined && (seen.has(id) || before.get(id) === null)) {
      repeated.set(id, (repeated.get(id) ?? 0) + 1)
      continue
    }
    if (id !== undefined) seen.add(id)
    const known = event && Object.hasOwn(factKinds, event.kind) ? factKinds[event.kind] : undefined
    const lane = known?.lane ?? 'observe'
    const issue = message.issue ?? issueOf(message, known, lane, sender)
    if (issue) refused.push({ ...issue, index, name })
    else fresh.push({ index, message, lane })
  }

  const places = new Map<number, { readonly stream: string; readonly seq: number }>()
  for (const lane of lanes) {
    const mine = fresh.filter((one) => one.lane === lane)
    if (!mine.length) continue
    const stream = receiveStream(source, lane, key.hash)
    let { seq, hash } = heads.get(lane) as Head
    const facts = mine.flatMap(({ index, message }) => {
      const text = factText(++seq, lane, hash, message, channels[source], sender)
      const read = readFact({ text }, lane, limits.factBytes)
      if (!read) return []
      hash = read.hash
      places.set(index, { stream, seq })
      return [{ index, read }]
    })
    const answer = await takeFactsIn(trx, context, { stream, lane, sentAt: receivedAt, head: seq, facts: facts.map(({ read }) => read) }, sender, day)
    const codes = new Map(answer.ok ? answer.value.except.map((one) => [one.seq, one.code] as const) : [])
    for (const { index, read } of facts) {
      const code = answer.ok ? codes.get(read.seq) : answer.issues[0]?.code
      if (code) refused.push({ code, index, name: messages[index]?.name ?? '?' })
    }
  }

  const codes = new Map(refused.map((one) => [one.index, one.code]))
  const kept = messages.flatMap((message, index) => {
    const settled = fresh.some((one) => one.index === index) || codes.has(index)
    if (!settled) return []
    if (!codes.has(index) && message.event?.kind.startsWith('x:')) unknown.add(message.name)
    const place = codes.has(index) ? undefined : places.get(index)
    const id = message.id ?? `n:${limits.nonce}:${index}`
    return [
      {
        ...owner,
        bucket: bucketOf(id),
        id,
        name: message.name,
        kind: message.event?.kind ?? null,
        code: codes.get(index) ?? null,
        stream: place?.stream ?? null,
        seq: place?.seq ?? null,
        received_at: receivedAt,
      },
    ]
  })
  if (kept.length)
    await trx
      .insertInto('received')
      .values(kept)
      .onConflict((on) =>
        on.columns(['brand', 'bucket', 'key_hash', 'source', 'id']).doUpdateSet((set) => ({
          code: set.ref('excluded.code'),
          kind: set.ref('excluded.kind'),
          name: set.ref('excluded.name'),
          stream: set.ref('excluded.stream'),
          seq: set.ref('excluded.seq'),
          received_at: set.ref('excluded.received_at'),
        })),
      )
      .execute()
  for (const [id, times] of repeated)
    await trx
      .updateTable('received')
      .set((set) => ({ copies: set('copies', '+', times) }))
      .where('brand', '=', brand)
      .where('bucket', '=', bucketOf(id))
      .where('key_hash', '=', key.hash)
      .where('source', '=', source)
      .where('id', '=', id)
      .execute()
  return {
    taken: kept.filter(({ code }) => code === null).length,
    duplicates: [...repeated.values()].reduce((sum, times) => sum + times, 0),
    refused: refused.sort((a, b) => a.index - b.index),
    unknown: [...unknown],
  }
}

interface Head {
  readonly seq: number
  readonly hash: string
}

/** The last number of the stream and its hash; the row is locked from here on. */
async function headOf(trx: Trx, brand: string, stream: string, lane: Lane, sender: Sender, day: string): Promise<Head> {
  const row = await trx
    .insertInto('streams')
    .values({ brand, bucket: bucketOf(stream), stream, lane, key_hash: sender.key.hash, first_day: day, seen_at: sender.receivedAt })
    .onConflict((on) => on.columns(['brand', 'bucket', 'stream']).doUpdateSet((set) => ({ seen_at: set.ref('excluded.seen_at') })))
    .returning(['last_seq', 'last_hash'])
    .executeTakeFirstOrThrow()
  return { seq: row.last_seq, hash: row.last_hash }
}

/** Why a message is not taken, as far as it can be told before it is stored. */
function issueOf(message: ReceivedMessage, known: FactKind | undefined, lane: Lane, sender: Sender): Issue | undefined {
  // about streams and about who is who only the SDK speaks, with its proofs
  if (known && !known.stage) return { code: 'forbidden' }
  return lane === 'observe' && !consentOf(message, sender).includes('analytics') ? { code: 'no-consent' } : undefined
}

/** What the payload says is granted, and else what the key's sender vouches for. */
const consentOf = ({ consent }: ReceivedMessage, { key }: Sender): readonly string[] => consent ?? key.consent ?? []

function factText(seq: number, lane: Lane, prev: string, message: ReceivedMessage, channel: Channel, sender: Sender): string {
  const { event } = message
  const place = { channel, ...(sender.key.storeId === undefined ? {} : { storeId: sender.key.storeId }) }
  const fact = {
    seq,
    kind: event?.kind ?? '',
    at: event?.at ?? sender.receivedAt,
    tz: 0,
    mono: 0,
    src: 'device',
    body: (event?.body ?? {}) satisfies FactBody,
    place,
    consent: consentOf(message, sender),
    ...(lane === 'trade' ? { prev } : {}),
  }
  return JSON.stringify(fact)
}
