import { resolve, type IdentityEvent, type Resolution, type ResolvePolicy } from '@omokit/identity/resolve'
import { eventMix } from '../test/event-mix'

/** Two replicas exchange random event sets in any order and in batches with repeats: equal persons, and no two members joined but by staff. */
export async function prove(options: { readonly seeds?: number; readonly share?: number }): Promise<Record<string, unknown>> {
  const seeds = options.seeds ?? Math.ceil(10_000 * (options.share ?? 1))
  let events = 0
  let refusals = 0
  let shuffles = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const random = numbers(seed)
    const stream = Array.from({ length: 4 + Math.floor(random() * 12) }, (_, i) => event(i, random))
    const policy: ResolvePolicy = seed % 3 === 1 ? { requireConsent: true } : seed % 3 === 2 ? { limits: { phone: 1, anon: 2 } } : {}
    const all = resolve(stream, policy)
    events += stream.length
    refusals += all.rejected.length
    for (let replica = 0; replica < 2; replica++) {
      const heard = stream
        .concat(stream.filter(() => random() < 0.4))
        .map((one) => ({ one, at: random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ one }) => one)
      if (shown(resolve(heard, policy)) !== shown(all)) throw new Error(`seed ${seed}: the order of events changed the persons\n${JSON.stringify(stream)}`)
      shuffles++
    }
    const unmerged = resolve(
      stream.filter((one) => one.type !== 'merge'),
      policy,
    )
    for (const ids of unmerged.clusters)
      if (ids.filter((id) => id.startsWith('user:')).length > 1) throw new Error(`seed ${seed}: two members joined\n${JSON.stringify(stream)}`)
    const erased = resolve(stream.filter((one) => one.type !== 'merge').concat({ id: 'z', ts: 99, type: 'delete', userId: 'U1' }), policy)
    if (Object.values(erased.owners).includes('user:U1') || erased.clusters.some((ids) => ids.includes('user:U1')))
      throw new Error(`seed ${seed}: an erased member is still counted\n${JSON.stringify(stream)}`)
  }
  return { streams: seeds, events, shuffles, refusals, orderDependent: 0, falseJoins: 0, leftAfterErasure: 0 }
}

const shown = ({ rejected, ...rest }: Resolution): string =>
  JSON.stringify([rest.clusters, rest.canonical, Object.entries(rest.owners).sort(), rejected.map((one) => JSON.stringify(one)).sort()])

function event(i: number, random: () => number): IdentityEvent {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const some = (letter: string, chance: number): string | undefined => (random() < chance ? `${letter}${1 + Math.floor(random() * 3)}` : undefined)
  const type = pick(eventMix)
  const made: Record<string, unknown> = {
    id: `e${i}`,
    ts: 1 + Math.floor(random() * 12),
    type,
    userId: some('U', 0.6),
    unionid: some('X', 0.25),
    phoneHash: some('P', 0.4),
    emailHash: some('M', 0.15),
    anonId: some('D', 0.6),
    verified: random() < 0.3 ? random() < 0.7 : undefined,
    deviceShared: random() < 0.08 ? true : undefined,
    minor: random() < 0.05 ? true : undefined,
    basis: random() < 0.2 ? 'contract' : undefined,
    granted: type === 'consent' ? random() < 0.6 : undefined,
    by: pick(['admin', 'admin', 'client']),
    token: pick(['t1', 't2']),
    hubTs: random() < 0.3 ? Math.floor(random() * 20) : undefined,
  }
  if (type === 'handoff') made['fromAnonId'] = some('D', 0.9)
  if (type === 'merge') made['intoUserId'] = some('U', 0.9)
  if (type === 'split') made[random() < 0.5 ? 'fromUserId' : 'detach'] = random() < 0.5 ? some('U', 1) : 'anon:D1'
  for (const key of Object.keys(made)) if (made[key] === undefined) delete made[key]
  return made as unknown as IdentityEvent
}

/** mulberry32: the same seed gives the same stream everywhere. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
