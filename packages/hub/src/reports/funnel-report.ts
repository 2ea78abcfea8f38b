import { type Fact, isTradeKind } from '@omokit/core'
import { type CountedEvent, type StageFunnel, stageFunnel } from '@omokit/insights/funnel'
import { sql } from 'kysely'
import type { Trx } from '../store/store'

const page = 5000

/**
 * The four stages over the facts received from `from` until `to` (milliseconds). Who did it: the person the fold gives for the
 * member or visitor of the fact; a fact without either counts for nobody, nor do training and declared programs.
 */
export async function funnelReport(trx: Trx, brand: string, from: number, to: number): Promise<StageFunnel> {
  const personOf = await personsById(trx, brand)
  const counts = new Map<string, { readonly person: string; readonly kind: string; readonly channel: string; count: number }>()
  const [first, last] = [new Date(from).toISOString().slice(0, 10), new Date(to).toISOString().slice(0, 10)]
  let after = { stream: '', seq: 0 }
  for (;;) {
    const rows = await sql<{ stream: string; seq: number; text: string }>`
      select stream, seq, text from facts
      where brand = ${brand} and received_day between ${first}::date and ${last}::date and received_at >= ${from} and received_at < ${to}
        and (stream, seq) > (${after.stream}, ${after.seq})
      order by stream, seq limit ${page}`.execute(trx)
    for (const { text } of rows.rows) {
      const fact = JSON.parse(text) as Fact
      const id = idOf(fact)
      // a program that reads pages is no person; one that paid did pay
      if (id === undefined || fact.place?.training || (fact.body['bot'] !== undefined && !isTradeKind(fact.kind))) continue
      const event = { person: personOf.get(id) ?? id, kind: fact.kind, channel: fact.place?.channel ?? 'web' }
      const name = JSON.stringify(event)
      const known = counts.get(name)
      if (known) known.count++
      else counts.set(name, { ...event, count: 1 })
    }
    const end = rows.rows[rows.rows.length - 1]
    if (!end || rows.rows.length < page) break
    after = end
  }
  return stageFunnel(counts.values() satisfies Iterable<CountedEvent>)
}

async function personsById(trx: Trx, brand: string): Promise<ReadonlyMap<string, string>> {
  const rows = await trx.selectFrom('persons').select(['canonical', 'ids']).where('brand', '=', brand).execute()
  return new Map(rows.flatMap(({ canonical, ids }) => (JSON.parse(ids) as string[]).map((id) => [id, canonical] as const)))
}

function idOf({ body }: Fact): string | undefined {
  const member = body['userId'] ?? body['member']
  if (typeof member === 'string') return `user:${member}`
  return typeof body['anonId'] === 'string' ? `anon:${body['anonId']}` : undefined
}
