/** What happened to identifiers, as the person fold reads it. Times are milliseconds. */
export interface IdentityEvent {
  readonly id: string
  readonly ts: number
  /** First receipt by the hub, stamped once; decides who linked a platform account first. */
  readonly hubTs?: number
  readonly type: IdentityEventType
  readonly userId?: string | null
  readonly unionid?: string | null
  readonly alipayUserId?: string | null
  /** `appid:openid`. */
  readonly openid?: string | null
  /** A keyed hash, never a number. */
  readonly phoneHash?: string | null
  readonly emailHash?: string | null
  readonly anonId?: string | null
  /** `namespace:value` each. */
  readonly other?: readonly string[]
  /** Phone and e-mail were proved in this event. */
  readonly verified?: boolean
  readonly deviceShared?: boolean
  /** "contract": needed to book a sale. */
  readonly basis?: string
  readonly minor?: boolean
  readonly guardianConsent?: boolean
  /** consent */
  readonly granted?: boolean
  readonly purpose?: string
  /** handoff */
  readonly fromAnonId?: string | null
  readonly token?: string
  /** merge */
  readonly intoUserId?: string | null
  readonly by?: string
  /** split */
  readonly fromUserId?: string | null
  readonly detach?: string
}

export type IdentityEventType = 'track' | 'scan' | 'identify' | 'bind' | 'unbind' | 'merge' | 'split' | 'handoff' | 'logout' | 'consent' | 'delete'

/** Settings of the fold. */
export interface ResolvePolicy {
  /** Most identifiers of a namespace per person; the member id is always one. */
  readonly limits?: Readonly<Record<string, number>>
  /** Further values that are never identifiers. */
  readonly blocked?: readonly string[]
  /** Events count only under consent. */
  readonly requireConsent?: boolean
  /** How long after a sale a later holder of a typed number still gets it, default 90. */
  readonly laterHolderDays?: number
}

/** One thing the fold would not do. */
export interface Rejection {
  readonly event: string
  /** The two ends, one identifier taken out, or null: the event is dropped. */
  readonly link: readonly string[] | null
  readonly reason: string
}

/** Who is who. Clusters are sorted; `canonical[i]` names `clusters[i]`. */
export interface Resolution {
  readonly clusters: readonly (readonly string[])[]
  readonly canonical: readonly string[]
  readonly rejected: readonly Rejection[]
  /** By event id: whom a track, scan, identify or bind event is counted for; null for nobody. */
  readonly owners: Readonly<Record<string, string | null>>
}

/** Order of time in the fold: ts, then event id (R0). */
export const byTime = (a: Pick<IdentityEvent, 'ts' | 'id'>, b: Pick<IdentityEvent, 'ts' | 'id'>): number =>
  a.ts - b.ts || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/** Events that say something about a person. */
export const isTrace = (type: IdentityEventType): boolean => type === 'track' || type === 'scan' || type === 'identify' || type === 'bind'
