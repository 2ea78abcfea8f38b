import { byStrength, namespaceOf, rankOf, type Id } from './identifiers'

/** Disjoint sets of identifiers that know how many of each namespace they hold. */
export interface Persons {
  /** The set an identifier is in; an unknown one is alone. */
  find(id: Id): Id
  /** Counts these members as one (R7). */
  merge(a: Id, b: Id): void
  /** Namespaces over their limit if the two sets were one, strongest first; empty: they may be joined, or are one already. */
  over(a: Id, b: Id): readonly string[]
  join(a: Id, b: Id): void
  /** How many member ids a set holds, merged ones counted each; at least 1. */
  members(id: Id): number
  /** Whether a set holds more than anonymous identifiers. */
  known(id: Id): boolean
}

const standard: Readonly<Record<string, number>> = { unionid: 1, alipay: 2, openid: 10, phone: 5, email: 5, anon: 50, ga: 50 }
const hasOwn = (object: object, key: string): boolean => Object.prototype.hasOwnProperty.call(object, key)

/** The limit of a namespace for one member. */
export const limitOf = (namespace: string, limits: Readonly<Record<string, number>> | undefined): number =>
  (limits && hasOwn(limits, namespace) ? limits[namespace] : standard[namespace]) as number

export function createPersons(limits: Readonly<Record<string, number>> | undefined): Persons {
  const parent = new Map<Id, Id>()
  const counts = new Map<Id, readonly number[]>()
  const merged = new Map<Id, Id>()

  const rootIn = (tree: Map<Id, Id>, id: Id): Id => {
    let root = id
    for (let next = tree.get(root); next !== undefined; next = tree.get(root)) root = next
    for (let at = id; at !== root; ) {
      const next = tree.get(at) as Id
      tree.set(at, root)
      at = next
    }
    return root
  }
  const find = (id: Id): Id => rootIn(parent, id)
  const countsOf = (root: Id): readonly number[] => counts.get(root) ?? alone(root)
  const groups = new Map<Id, readonly Id[]>() // root → merge groups of its members
  const groupsOf = (root: Id): readonly Id[] => (groups.get(root) ?? (rankOf(root) === 0 ? [root] : [])).map((user) => rootIn(merged, user))
  const distinct = (ids: readonly Id[]): Id[] => ids.filter((id, i) => ids.indexOf(id) === i)

  function join(a: Id, b: Id): void {
    const [x, y] = [find(a), find(b)]
    if (x === y) return
    const both = countsOf(x).map((count, i) => count + (countsOf(y)[i] as number))
    const members = distinct(groupsOf(x).concat(groupsOf(y)))
    const [root, child] = size(countsOf(x)) < size(countsOf(y)) ? [y, x] : [x, y]
    parent.set(child, root)
    counts.set(root, both)
    groups.set(root, members)
  }

  return {
    find,
    merge(a, b) {
      const [x, y] = [rootIn(merged, a), rootIn(merged, b)]
      if (x !== y) merged.set(x, y)
      join(a, b)
    },
    over(a, b) {
      const [x, y] = [find(a), find(b)]
      if (x === y) return []
      const sum = countsOf(x).map((count, i) => count + (countsOf(y)[i] as number))
      const times = Math.max(1, sum[0] as number)
      const names = ['unionid', 'alipay', 'openid', 'phone', 'email', 'anon', 'ga'].filter((name, i) => (sum[i + 1] as number) > limitOf(name, limits) * times)
      return distinct(groupsOf(x).concat(groupsOf(y))).length > 1 ? ['user'].concat(names) : names
    },
    join,
    members: (id) => Math.max(1, countsOf(find(id))[0] as number),
    known: (id) =>
      countsOf(find(id))
        .slice(0, 6)
        .some((count) => count > 0),
  }
}

const size = (counted: readonly number[]): number => counted.reduce((sum, count) => sum + count, 0)

/** A set of one, counted by namespace. */
const alone = (id: Id): readonly number[] => [0, 0, 0, 0, 0, 0, 0, 0].map((_, i) => (i === rankOf(id) ? 1 : 0))

/** The name of a cluster: strongest namespace; of several members one that was not merged into another; then the smallest. */
export function canonicalOf(cluster: readonly Id[], mergedAway: ReadonlySet<Id>): Id {
  const sorted = cluster.slice().sort(byStrength)
  const strongest = sorted[0] as Id
  if (namespaceOf(strongest) !== 'user') return strongest
  return sorted.filter((id) => rankOf(id) === 0 && !mergedAway.has(id))[0] ?? strongest
}
