import { identifiersOf, type IdentityEvent, resolve } from '@omokit/identity/resolve'
import { sql } from 'kysely'
import type { FactConsumer } from '../facts/consumer'
import { bucketOf } from '../store/bucket'
import type { Trx } from '../store/store'
import { identityEvent, identityFault, identityKinds } from './read-identity'

/** Keeps persons: events are stored for good, and the fold runs again over the events connected with a new one. */
export function identityConsumer(): FactConsumer {
  return {
    kinds: identityKinds,
    check: identityFault,
    async take(trx, brand, facts) {
      const events = facts.map(identityEvent).filter((event) => event !== undefined)
      if (events.length) await addEvents(trx, brand, events)
    },
  }
}

/** Adds events and folds what they touch. Two events belong together when any identifier, or a hand-off token, connects them. */
async function addEvents(trx: Trx, brand: string, events: readonly IdentityEvent[]): Promise<void> {
  const carried = events.map((event) => ({ event, ids: connecting(event) })).filter(({ ids }) => ids.length)
  const ids = [...new Set(carried.flatMap((one) => one.ids))].sort()
  if (!ids.length) return
  const componentOf = await holdComponents(trx, brand, ids)
  const joined = unite(
    carried.map((one) => one.ids),
    componentOf,
  )
  const touched = [...new Set(componentOf.values())].sort()

  const moved = touched.filter((component) => joined(component) !== component)
  if (moved.length) {
    const into = moved.map(joined)
    for (const table of ['identity_events', 'identity_ids']) {
      await sql`
        update ${sql.table(table)} as t set component = m.into_component from unnest(${moved}::text[], ${into}::text[]) as m(component, into_component)
        where t.brand = ${brand} and t.component = m.component`.execute(trx)
    }
  }
  const rows = carried.map(({ event, ids: own }) => ({ event, component: joined(componentOf.get(own[0] as string) as string) }))
  await sql`
    insert into identity_events (brand, bucket, event_id, component, hub_ts, event) select ${brand}, one.*
    from unnest(${rows.map(({ event }) => bucketOf(event.id))}::smallint[], ${rows.map(({ event }) => event.id)}::text[], ${rows.map((row) => row.component)}::text[],
      ${rows.map(({ event }) => event.hubTs ?? 0)}::bigint[], ${rows.map(({ event }) => JSON.stringify(event))}::text[]) as one
    on conflict do nothing`.execute(trx)
  await foldAgain(trx, brand, touched, [...new Set(touched.map(joined))])
}

/** What an event shares with others that it must be folded with. */
function connecting(event: IdentityEvent): string[] {
  const ids: string[] = identifiersOf(event, undefined, () => undefined)
  if (event.token) ids.push(`token:${event.token}`)
  if (event.fromUserId) ids.push(`user:${event.fromUserId}`)
  if (event.detach) ids.push(event.detach)
  return ids
}

/**
 * The component of each identifier, held until the transaction ends. Waits happen in one order only, new identifiers before
 * components and each by name, so that nobody waits in a circle. Where a component was joined into another meanwhile, the
 * locks are let go and taken again.
 */
async function holdComponents(trx: Trx, brand: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  await trx
    .insertInto('identity_ids')
    .values(ids.map((id) => ({ brand, bucket: bucketOf(id), id, component: id })))
    .onConflict((on) => on.columns(['brand', 'bucket', 'id']).doNothing())
    .execute()
  let known = await componentsOf(trx, brand, ids)
  for (;;) {
    const held = new Set(known.values())
    await sql`savepoint components`.execute(trx)
    await lockComponents(trx, brand, [...held].sort())
    known = await componentsOf(trx, brand, ids)
    if ([...known.values()].every((component) => held.has(component))) return known
    await sql`rollback to savepoint components`.execute(trx)
  }
}

async function componentsOf(trx: Trx, brand: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ id: string; component: string }>`
    select id, component from identity_ids
    where brand = ${brand} and bucket = any(${[...new Set(ids.map(bucketOf))]}::smallint[]) and id = any(${ids}::text[])`.execute(trx)
  return new Map(rows.rows.map(({ id, component }) => [id, component]))
}

async function lockComponents(trx: Trx, brand: string, components: readonly string[]): Promise<void> {
  await trx
    .insertInto('identity_components')
    .values(components.map((component) => ({ brand, bucket: bucketOf(component), component })))
    .onConflict((on) => on.columns(['brand', 'bucket', 'component']).doUpdateSet((set) => ({ version: sql`${set.ref('identity_components.version')} + 1` })))
    .execute()
}

/** Which component each one ends up in: the smallest name of those that one event connects. */
function unite(groups: readonly (readonly string[])[], componentOf: ReadonlyMap<string, string>): (component: string) => string {
  const parent = new Map<string, string>()
  const find = (component: string): string => {
    const up = parent.get(component)
    if (up === undefined) return component
    const root = find(up)
    parent.set(component, root)
    return root
  }
  for (const group of groups) {
    const roots = group.map((id) => find(componentOf.get(id) as string)).sort()
    for (const root of roots) if (root !== roots[0]) parent.set(root, roots[0] as string)
  }
  return find
}

async function foldAgain(trx: Trx, brand: string, before: readonly string[], now: readonly string[]): Promise<void> {
  const stored = await sql<{ component: string; event: string }>`
    select component, event from identity_events where brand = ${brand} and component = any(${now}::text[])`.execute(trx)
  const byComponent = new Map<string, IdentityEvent[]>()
  for (const { component, event } of stored.rows) {
    const own = byComponent.get(component) ?? []
    own.push(JSON.parse(event) as IdentityEvent)
    byComponent.set(component, own)
  }
  const persons: { readonly component: string; readonly canonical: string; readonly ids: string }[] = []
  for (const [component, events] of byComponent) {
    const { clusters, canonical } = resolve(events)
    clusters.forEach((ids, i) => persons.push({ component, canonical: canonical[i] as string, ids: JSON.stringify(ids) }))
  }
  await sql`delete from persons where brand = ${brand} and component = any(${before}::text[])`.execute(trx)
  if (!persons.length) return
  await sql`
    insert into persons (brand, bucket, component, canonical, ids) select ${brand}, one.*
    from unnest(${persons.map((one) => bucketOf(one.canonical))}::smallint[], ${persons.map((one) => one.component)}::text[],
      ${persons.map((one) => one.canonical)}::text[], ${persons.map((one) => one.ids)}::text[]) as one`.execute(trx)
}
