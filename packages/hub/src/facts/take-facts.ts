import { type FactsLostBody, type FactsResponse, type IssueCode, refuse, type Result } from '@omokit/core'
import { sql } from 'kysely'
import { mayNotSend } from '../keys/may-send'
import { recordFinding } from '../reports/finding'
import { bucketOf } from '../store/bucket'
import type { Store, Trx } from '../store/store'
import { brokenLinks, type Link } from './chain'
import type { FactConsumer, FactSender, TakenFact } from './consumer'
import { correctedTime } from './corrected-time'
import type { ReadFact } from './read-fact'
import type { ReadRequest } from './read-request'
import { gapsUpTo, highest, isSettled, type Ranges, type Settled, settle } from './ranges'

/** What taking facts needs of the hub. */
export interface TakeFactsContext {
  readonly store: Store
  readonly consumers: readonly FactConsumer[]
  readonly openRanges: number
  /** Told, in the same transaction, of a trade stream that was seen with two contents. */
  readonly onFork?: (trx: Trx, brand: string, now: number, stream: string) => Promise<unknown>
}

/** Who sends a batch, and when it came. */
export interface Sender extends FactSender {
  readonly receivedAt: number
}

/**
 * Takes a batch in one transaction: stores what is new, counts what is known, names forks, gaps and broken chains, and lets
 * every consumer do its part. The answer is true once the transaction is committed.
 */
export async function takeFacts(context: TakeFactsContext, request: ReadRequest, sender: Sender): Promise<Result<FactsResponse>> {
  const day = new Date(sender.receivedAt).toISOString().slice(0, 10)
  await context.store.prepareDay(day)
  return context.store.tx(sender.key.brand, (trx) => takeFactsIn(trx, context, request, sender, day))
}

/** {@link takeFacts} inside a transaction of the caller; the day's partition must be there. */
export async function takeFactsIn(trx: Trx, context: TakeFactsContext, request: ReadRequest, sender: Sender, day: string): Promise<Result<FactsResponse>> {
  const { stream, lane } = request
  const { brand } = sender.key
  const at: Address = { brand, bucket: bucketOf(stream), stream }
  // locks the stream: two batches of one stream stand in line here
  const row = await lockStream(trx, at, request, sender, day)
  if (row.lane !== lane) return refuse('wrong-lane', { path: 'lane', have: lane, need: row.lane })

  let settled: Settled = { through: row.through, above: JSON.parse(row.settled) as Ranges }
  const lost: [number, number][] = JSON.parse(row.lost) as [number, number][]
  const before = settled
  const known = await storedBefore(trx, at, request.facts, before, row.first_day)

  const except: { seq: number; code: IssueCode }[] = []
  const flags: { seq: number; code: IssueCode }[] = []
  const taken: TakenFact[] = []
  const aside: { readonly read: ReadFact; readonly code: IssueCode }[] = []
  const fresh: Link[] = []
  let duplicates = 0
  let forks = 0
  for (const read of request.facts) {
    const { seq, hash, text } = read
    const earlier = known.get(seq)
    if (earlier) {
      const same = earlier.find((copy) => copy.hash === hash && copy.code !== 'stream-fork')
      if (same) {
        duplicates++
        if (same.code) except.push({ seq, code: same.code })
      } else {
        except.push({ seq, code: 'stream-fork' })
        if (earlier.some((copy) => copy.hash === hash)) duplicates++
        else forks++
        aside.push({ read, code: 'stream-fork' })
      }
      continue
    }
    const fact = read.fact
    const code = read.code ?? (fact && whyNot(context, fact, request, sender))
    const next = settle(settled, seq, seq)
    if (next.above.length > context.openRanges) {
      // not settled, not stored: it may come again once the gaps below are filled
      except.push({ seq, code: 'too-many' })
      continue
    }
    settled = next
    known.set(seq, [code ? { hash, code } : { hash }])
    fresh.push({ seq, hash, prev: prevOf(read) })
    if (code || !fact) {
      except.push({ seq, code: code ?? 'malformed' })
      aside.push({ read, code: code ?? 'malformed' })
      continue
    }
    const time = correctedTime(fact, request.sentAt, sender.receivedAt)
    if (time.far) flags.push({ seq, code: 'clock-far' })
    taken.push({ stream, seq, lane, fact, text, hash, receivedAt: sender.receivedAt, correctedAt: time.corrected, from: sender })
    if (fact.kind === 'Facts Lost')
      for (const [from, to] of lostRanges(fact.body, request.head)) {
        settled = settle(settled, from, to)
        // the facts themselves say it all; the row keeps enough to read
        if (lost.length < maxLostKept) lost.push([from, to])
      }
  }

  let last = { seq: row.last_seq, hash: row.last_hash }
  if (fresh.length) {
    const broken = lane === 'trade' ? await findBroken(trx, at, fresh, last, settled) : []
    for (const seq of broken) {
      if (taken.some((fact) => fact.seq === seq)) flags.push({ seq, code: 'chain-broken' })
      await recordFinding(trx, brand, sender.receivedAt, { code: 'chain-broken', subject: `${stream}.${seq}`, stream, seq })
    }
    const top = fresh[fresh.length - 1] as Link
    if (top.seq > last.seq) last = { seq: top.seq, hash: top.hash }
    await storeFacts(trx, at, taken, flags, day)
  }
  await storeAside(trx, at, aside, sender.receivedAt)
  for (const { read, code } of aside) {
    if (code !== 'stream-fork') continue
    const detail = { second: read.hash, first: known.get(read.seq)?.[0]?.hash }
    await recordFinding(trx, brand, sender.receivedAt, { code, subject: `${stream}.${read.seq}`, stream, seq: read.seq, detail })
  }
  const first = request.facts[0]
  const lastOfBatch = request.facts[request.facts.length - 1]
  // a request that the network delayed or doubled was sent before the newest one; a journal that is sent again, after it
  if (first && lastOfBatch && lastOfBatch.seq <= before.through && first.seq < row.last_first && request.sentAt > row.last_sent) {
    const detail = { from: first.seq, to: lastOfBatch.seq, count: request.facts.length }
    await recordFinding(trx, brand, sender.receivedAt, { code: 'journal-replayed', subject: stream, stream, seq: first.seq, detail })
  }
  for (const consumer of context.consumers) {
    const mine = taken.filter((fact) => consumer.kinds.includes(fact.fact.kind))
    if (mine.length) await consumer.take(trx, brand, mine)
  }
  // after the consumers: what this batch itself redeemed counts
  if (forks && lane === 'trade') await context.onFork?.(trx, brand, sender.receivedAt, stream)

  const head = Math.max(row.head, request.head, highest(settled))
  await trx
    .updateTable('streams')
    .set({
      through: settled.through,
      settled: JSON.stringify(settled.above),
      lost: JSON.stringify(lost),
      head,
      last_first: fresh.length && first ? first.seq : row.last_first,
      last_sent: Math.max(row.last_sent, request.sentAt),
      last_seq: last.seq,
      last_hash: last.hash,
      duplicates: row.duplicates + duplicates,
      forks: row.forks + forks,
      refused: row.refused + aside.length - aside.filter((one) => one.code === 'stream-fork').length,
      stored: row.stored + taken.length,
      seen_at: sender.receivedAt,
    })
    .where('brand', '=', brand)
    .where('bucket', '=', at.bucket)
    .where('stream', '=', stream)
    .execute()

  const gaps = gapsUpTo(settled, highest(settled)).slice(0, maxGapsTold)
  const fork = except.some((one) => one.code === 'stream-fork')
  return {
    ok: true,
    value: {
      through: settled.through,
      except,
      server_time: sender.receivedAt,
      ...(gaps.length ? { gaps } : {}),
      ...(flags.length ? { flags } : {}),
      ...(fork ? { fork } : {}),
    },
  }
}

interface Address {
  readonly brand: string
  readonly bucket: number
  readonly stream: string
}

/** Copies of one number that the hub holds already. */
interface Copy {
  readonly hash: string
  /** Why it was put aside; absent when it was stored. */
  readonly code?: IssueCode
}

const maxGapsTold = 100
const maxLostKept = 1000

async function lockStream(trx: Trx, at: Address, request: ReadRequest, sender: Sender, day: string): Promise<StreamState> {
  return trx
    .insertInto('streams')
    .values({ ...at, lane: request.lane, key_hash: sender.key.hash, first_day: day, seen_at: sender.receivedAt })
    .onConflict((on) => on.columns(['brand', 'bucket', 'stream']).doUpdateSet((set) => ({ seen_at: set.ref('excluded.seen_at') })))
    .returning([
      'lane',
      'through',
      'settled',
      'lost',
      'head',
      'duplicates',
      'forks',
      'refused',
      'stored',
      'last_first',
      'last_sent',
      'last_seq',
      'last_hash',
      'first_day',
    ])
    .executeTakeFirstOrThrow()
}

interface StreamState {
  readonly lane: string
  readonly through: number
  readonly settled: string
  readonly lost: string
  readonly head: number
  readonly duplicates: number
  readonly forks: number
  readonly refused: number
  readonly stored: number
  readonly last_first: number
  readonly last_sent: number
  readonly last_seq: number
  readonly last_hash: string
  readonly first_day: string
}

/** What is stored or kept aside under the numbers of this batch that look settled. */
async function storedBefore(trx: Trx, at: Address, facts: readonly ReadFact[], settled: Settled, firstDay: string): Promise<Map<number, Copy[]>> {
  const known = new Map<number, Copy[]>()
  const seqs = facts.filter((fact) => isSettled(settled, fact.seq)).map((fact) => fact.seq)
  if (!seqs.length) return known
  const rows = await sql<{ seq: number; hash: string; code: IssueCode | null }>`
    select seq, hash, null as code from facts
      where brand = ${at.brand} and bucket = ${at.bucket} and stream = ${at.stream} and seq = any(${seqs}::bigint[]) and received_day >= ${firstDay}::date
    union all
    select seq, hash, code from facts_aside
      where brand = ${at.brand} and bucket = ${at.bucket} and stream = ${at.stream} and seq = any(${seqs}::bigint[])`.execute(trx)
  for (const { seq, hash, code } of rows.rows) {
    const copies = known.get(seq) ?? []
    copies.push(code ? { hash, code } : { hash })
    known.set(seq, copies)
  }
  return known
}

function whyNot(context: TakeFactsContext, fact: TakenFact['fact'], request: ReadRequest, sender: Sender): IssueCode | undefined {
  const code = mayNotSend(fact.kind, fact.place, { key: sender.key, lane: request.lane, memberToken: sender.members.size > 0 })
  if (code) return code
  if (fact.kind === 'Facts Lost' && !lostRanges(fact.body, request.head).length) return 'invalid'
  for (const consumer of context.consumers) {
    const fault = consumer.kinds.includes(fact.kind) ? consumer.check?.(fact, sender) : undefined
    if (fault) return fault
  }
  return undefined
}

/** The ranges a `Facts Lost` names, empty when the body is not what it should be. Nothing above the head can be lost. */
function lostRanges(body: Readonly<Record<string, unknown>>, head: number): Ranges {
  const { ranges } = body as unknown as Partial<FactsLostBody>
  if (!Array.isArray(ranges) || ranges.length > 500) return []
  const sound = ranges.every(
    (range: unknown) =>
      Array.isArray(range) && range.length === 2 && range.every((n) => Number.isSafeInteger(n) && n >= 1) && range[0] <= range[1] && range[1] <= head,
  )
  return sound ? (ranges as Ranges) : []
}

/** A refused record still stands in the device's chain. */
function prevOf(read: ReadFact): string | null {
  if (read.fact) return read.fact.prev ?? null
  return /"prev":"([A-Za-z0-9_-]{0,43})"/.exec(read.text)?.[1] ?? null
}

async function findBroken(
  trx: Trx,
  at: Address,
  fresh: readonly Link[],
  last: { readonly seq: number; readonly hash: string },
  settled: Settled,
): Promise<readonly number[]> {
  const [low, high] = [(fresh[0] as Link).seq, (fresh[fresh.length - 1] as Link).seq]
  const numbers = new Set(fresh.map((link) => link.seq))
  const before: Link[] = last.seq > 0 ? [{ ...last, prev: null }] : []
  if (low > last.seq) return brokenLinks([...before, ...fresh], numbers, settled)
  // a gap is being filled: the neighbours stand in the store
  const stored = await sql<Link>`
    with journal as (
      select seq, hash, prev from facts where brand = ${at.brand} and bucket = ${at.bucket} and stream = ${at.stream}
      union all
      select seq, hash, prev from facts_aside where brand = ${at.brand} and bucket = ${at.bucket} and stream = ${at.stream} and code <> 'stream-fork'
    )
    select seq, hash, prev from journal
      where seq >= coalesce((select max(seq) from journal where seq < ${low}), 0) and seq <= coalesce((select min(seq) from journal where seq > ${high}), ${high})`.execute(
    trx,
  )
  const links = [...stored.rows, ...fresh].sort((a, b) => a.seq - b.seq)
  return brokenLinks(links, numbers, settled)
}

async function storeFacts(
  trx: Trx,
  at: Address,
  taken: readonly TakenFact[],
  flags: readonly { readonly seq: number; readonly code: IssueCode }[],
  day: string,
): Promise<void> {
  const first = taken[0]
  if (!first) return
  const flagged = new Map<number, string>()
  for (const { seq, code } of flags) flagged.set(seq, flagged.has(seq) ? `${flagged.get(seq)},${code}` : code)
  const { from, receivedAt, lane } = first
  const texts = (value: (fact: TakenFact) => string): string => taken.map(value).join(separator)
  const numbers = (value: (fact: TakenFact) => number | null): string => `{${taken.map((fact) => value(fact) ?? 'null').join()}}`
  // columns as one parameter each: a short statement whatever the number of rows, and no text is escaped on its way
  await sql`
    insert into facts (brand, bucket, stream, received_day, received_at, lane, key_hash, seq, at, corrected_at, kind, hash, text, store_id, prev, flags)
    select ${at.brand}, ${at.bucket}, ${at.stream}, ${day}::date, ${receivedAt}, ${lane}, ${from.key.hash}, one.seq, one.at, one.corrected_at, one.kind, one.hash, one.text,
      one.store_id, one.prev, coalesce(one.flags, '')
    from unnest(${numbers((f) => f.seq)}::bigint[], ${numbers((f) => Math.round(f.fact.at))}::bigint[], ${numbers((f) => f.correctedAt)}::bigint[],
      string_to_array(${texts((f) => f.fact.kind)}, ${separator}), string_to_array(${texts((f) => f.hash)}, ${separator}), string_to_array(${texts((f) => f.text)}, ${separator}),
      string_to_array(${texts((f) => f.fact.place?.storeId ?? '')}, ${separator}, ''), string_to_array(${texts((f) => f.fact.prev ?? '')}, ${separator}, ''),
      string_to_array(${texts((f) => flagged.get(f.seq) ?? '')}, ${separator}, '')) as one(seq, at, corrected_at, kind, hash, text, store_id, prev, flags)`.execute(
    trx,
  )
}

/** A control character: strict JSON and plain texts cannot hold it. */
const separator = '\u001f'

async function storeAside(trx: Trx, at: Address, aside: readonly { readonly read: ReadFact; readonly code: IssueCode }[], receivedAt: number): Promise<void> {
  if (!aside.length) return
  await trx
    .insertInto('facts_aside')
    .values(aside.map(({ read, code }) => ({ ...at, seq: read.seq, hash: read.hash, code, prev: prevOf(read), text: read.text, received_at: receivedAt })))
    .onConflict((on) => on.columns(['brand', 'bucket', 'stream', 'seq', 'hash']).doNothing())
    .execute()
}
