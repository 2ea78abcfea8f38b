import type { ColumnType, Generated } from 'kysely'

/** A column that a statement may leave to its default. */
type Defaulted<T> = ColumnType<T, T | undefined, T>

interface Owned {
  brand: string
  bucket: number
}

/** Tables of the hub's base. The authority's own tables are added by `trx.withTables<…>()` where they are used. */
export interface HubTables {
  keys: KeyRow
  streams: StreamRow
  facts: FactRow
  facts_aside: AsideRow
  findings: FindingRow
  receipts: ReceiptRow
  orders: OrderRow
  parity: ParityRow
  identity_events: IdentityEventRow
  identity_ids: IdentityIdRow
  identity_components: IdentityComponentRow
  persons: PersonRow
  releases: ReleaseRow
  chunks: ChunkRow
  signing_keys: SigningKeyRow
  key_sets: KeySetRow
  bus_outbox: BusRow
  received: ReceivedRow
}

export interface KeyRow extends Owned {
  /** SHA-256 of the key, hex. */
  hash: string
  kind: string
  mode: string
  /** JSON array of role names. */
  roles: string
  /** The one store a terminal key speaks for; empty for all. */
  store_id: string
  label: string
  /** JSON array of purposes that the key's sender vouches for. */
  consent: Defaulted<string>
  state: Defaulted<string>
  created_at: number
}

export interface StreamRow extends Owned {
  stream: string
  lane: string
  key_hash: string
  /** Up to here every number is settled. */
  through: Defaulted<number>
  /** JSON ranges settled above `through`. */
  settled: Defaulted<string>
  /** JSON ranges the device stated as lost. */
  lost: Defaulted<string>
  head: Defaulted<number>
  duplicates: Defaulted<number>
  forks: Defaulted<number>
  refused: Defaulted<number>
  stored: Defaulted<number>
  /** First number of the last batch that brought something new. */
  last_first: Defaulted<number>
  /** Newest device time of sending: what was sent before it and comes after it was late on the way. */
  last_sent: Defaulted<number>
  /** Highest number in the journal and its hash: where the chain of trade goes on. */
  last_seq: Defaulted<number>
  last_hash: Defaulted<string>
  /** Number stated by `Stream Ended`; absent while the stream is open. */
  ended_through: Defaulted<number | null>
  purged: Defaulted<number>
  first_day: string
  seen_at: number
}

export interface FactRow extends Owned {
  stream: string
  seq: number
  received_day: string
  received_at: number
  lane: string
  kind: string
  /** Device time. */
  at: number
  /** Best estimate of true time; null where none can be made. */
  corrected_at: number | null
  store_id: string | null
  /** Comma-joined: clock-far, chain-broken. */
  flags: string
  hash: string
  /** Hash the fact says stands before it (trade); null at the beginning. */
  prev: string | null
  key_hash: string
  text: string
}

export interface AsideRow extends Owned {
  stream: string
  seq: number
  hash: string
  code: string
  prev: string | null
  text: string
  received_at: number
}

export interface FindingRow extends Owned {
  id: string
  code: string
  /** What it is about: an order, a stream, a counter. */
  subject: string
  stream: string | null
  seq: number | null
  /** JSON object. */
  detail: string
  found_at: number
}

export interface ReceiptRow extends Owned {
  order_id: string
  stream: string
  seq: number
  store_id: string | null
  receipt_no: string
  release: number
  instant: number
  seal: string
  total: number
  pay: number
  points_earned: number
  points_burned: number
  member: string | null
  training: boolean
  /** JSON of the receipt body. */
  body: string
  received_at: number
}

export interface OrderRow extends Owned {
  order_id: string
  stream: string
  seq: number
  store_id: string | null
  member: string | null
  lines: number
  /** Minor units. */
  net: number
  /** JSON: discounts by who gives them, minor units. */
  discounts: string
  at: number
}

export interface ParityRow extends Owned {
  order_id: string
  stream: string
  seq: number
  release: number
  /** equal, different, or not-evaluated. */
  result: string
  expected_seal: string | null
  got_seal: string
  /** Code of the finding that explains a difference. */
  explained_by: string | null
  /** The issue that kept the quote from being evaluated, or the first difference. */
  note: string | null
  checked_at: number
}

export interface IdentityEventRow extends Owned {
  /** `stream.seq`. */
  event_id: string
  component: string
  hub_ts: number
  /** JSON of the event as the fold reads it. */
  event: string
}

export interface IdentityIdRow extends Owned {
  /** `namespace:value`. */
  id: string
  component: string
}

export interface IdentityComponentRow extends Owned {
  component: string
  /** Counts the folds. */
  version: Defaulted<number>
}

export interface PersonRow extends Owned {
  component: string
  canonical: string
  /** JSON array of `namespace:value`. */
  ids: string
}

export interface ReleaseRow extends Owned {
  version: number
  header: string
  signature: string
  valid_from: number
  refresh_after: number
  expires_at: number
  /** JSON array of store ids of a pilot; null for all. */
  stores: string | null
  /** JSON: `[[book, root name, [index names], [bucket names]], …]`, `#release` first. */
  manifest: string
  published_at: number
}

export interface ChunkRow extends Owned {
  name: string
  kind: string
  text: string
}

export interface SigningKeyRow extends Owned {
  kid: string
  key: string
  state: string
}

export interface KeySetRow extends Owned {
  version: number
  /** The root-of-keys document with its signatures. */
  text: string
}

/** A message of another tracker. */
export interface ReceivedRow extends Owned {
  key_hash: string
  source: string
  /** The sender's id of it, or one made of its content. */
  id: string
  /** What the sender calls it. */
  name: string
  /** What it is here; null when it could not be read. */
  kind: string | null
  /** Why it was refused; null when it is stored. */
  code: string | null
  /** How often it came again. */
  copies: Defaulted<number>
  stream: string | null
  seq: number | null
  received_at: number
}

export interface BusRow extends Owned {
  id: Generated<number>
  topic: string
  /** Facts of one key keep their order. */
  key: string
  payload: string
  at: number
}
