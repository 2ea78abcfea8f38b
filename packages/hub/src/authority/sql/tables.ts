/**
 * The authority's tables, name → columns. Every primary key begins with brand and bucket. The bucket is that of the id the
 * row is looked up by: a counter's, an item's, a member's for lots, a hold's own for its rights.
 */
export const authorityTables: Readonly<Record<string, string>> = byBytes({
  // the first answer of every idempotency key, written in the transaction of its effect
  commands: `brand text not null, bucket smallint not null, key text not null, hash text not null, operation text not null, answer text not null,
    at bigint not null, primary key (brand, bucket, key)`,
  // floor: what ordinary holds must leave over. cells > 0: used and held are counted in counter_cells
  counters: `brand text not null, bucket smallint not null, id text not null, cap bigint not null, floor bigint not null default 0,
    used bigint not null default 0, held bigint not null default 0, cells smallint not null default 0,
    primary key (brand, bucket, id), check (used >= 0 and held >= 0)`,
  counter_cells: `brand text not null, bucket smallint not null, id text not null, cell smallint not null, cap bigint not null,
    used bigint not null default 0, held bigint not null default 0, primary key (brand, bucket, id, cell), check (used >= 0 and held >= 0 and used + held <= cap)`,
  // version counts the definitions of this id: a claim made from an older one is made again
  coupons: `brand text not null, bucket smallint not null, id text not null, version bigint not null, name text not null, rule text not null, total bigint,
    per_member bigint, valid_until bigint, offline text, labels text, state text not null default 'active', primary key (brand, bucket, id)`,
  // what one member or visitor took of a coupon that has a limit per member
  coupon_owners: `brand text not null, bucket smallint not null, coupon text not null, owner text not null, claimed bigint not null,
    primary key (brand, bucket, coupon, owner)`,
  // owner: m:<member> or v:<visitor>. hold: the hold or lease that has it, or had it last
  items: `brand text not null, bucket smallint not null, id text not null, coupon text not null, code text not null, owner text, state text not null,
    hold text, order_id text, terminal text, issued_at bigint not null, expires_at bigint, times_reversed int not null default 0, conflicts int not null default 0,
    primary key (brand, bucket, id),
    check (state in ('issued','available','held','redeemed','redeemed-provisional','expired','revoked','deleted-by-holder','conflict'))`,
  // a row for each right of a hold; a lease is a hold of one right that a terminal spends piece by piece.
  // counted: units already moved from held to used. spent: units the terminal's journal shows. reclaim_at: from then on others may have it
  holds: `brand text not null, bucket smallint not null, hold text not null, kind text not null, right_id text not null, right_bucket smallint not null,
    qty bigint not null, counted bigint not null default 0, spent bigint not null default 0, reversed bigint not null default 0, cell smallint not null default 0,
    lots text, documents text, state text not null, order_id text, member text, terminal text, epoch text, place text, receipt text,
    at bigint not null, expires_at bigint not null, reclaim_at bigint not null,
    primary key (brand, bucket, hold, kind, right_id),
    check (qty > 0 and counted >= 0 and counted <= qty and reversed >= 0 and reversed <= qty),
    check (state in ('held','confirmed','released','expired','leased','returned','frozen'))`,
  // debt: points taken back that were spent already
  accounts: `brand text not null, bucket smallint not null, member text not null, debt bigint not null default 0, primary key (brand, bucket, member), check (debt >= 0)`,
  // one lot for each order line that earned; points null: a return came before the receipt it belongs to
  lots: `brand text not null, bucket smallint not null, member text not null, order_id text not null, line text not null, points bigint, units bigint,
    remaining bigint not null default 0, returned bigint not null default 0, clawed bigint not null default 0, documents text not null default '{}',
    at bigint not null, expires_at bigint, primary key (brand, bucket, member, order_id, line), check (remaining >= 0)`,
  // append only. The sums of granted, held and used by right are the state of that right
  ledger: `brand text not null, bucket smallint not null, seq bigint generated always as identity, at bigint not null, op text not null, kind text not null,
    right_id text not null, granted bigint not null default 0, held bigint not null default 0, used bigint not null default 0, ref text, order_id text,
    detail text, primary key (brand, bucket, seq)`,
  // what tills accepted; the same item for the same order is the same redemption, whoever sends it and how often
  redemptions: `brand text not null, bucket smallint not null, item text not null, order_id text not null, coupon text not null, terminal text not null,
    epoch text not null, stream text not null, seq bigint not null, lease text, state text not null, code text, amount bigint not null, at bigint not null,
    received_at bigint not null, primary key (brand, bucket, item, order_id), check (state in ('accepted','conflict'))`,
  members: `brand text not null, bucket smallint not null, id text not null, tier text, handle text not null, at bigint not null, primary key (brand, bucket, id)`,
  handles: `brand text not null, bucket smallint not null, handle text not null, member text not null, primary key (brand, bucket, handle)`,
  // nonces of codes that were used up online
  nonces: `brand text not null, bucket smallint not null, nonce text not null, used_by text not null, used_at bigint not null, expires_at bigint not null, primary key (brand, bucket, nonce)`,
})

/** What the look-ups other than by primary key need. */
export const authorityIndexes: readonly string[] = [
  `create index holds_to_reclaim on holds (brand, kind, right_id, reclaim_at) where state in ('held','leased')`,
  `create index holds_by_terminal on holds (brand, terminal) where terminal is not null`,
  `create unique index redemptions_by_fact on redemptions (brand, bucket, item, stream, seq)`,
  `create index items_by_owner on items (brand, owner) where owner is not null`,
]

/** The ledger is written once: the role of the hub may not change or delete a row of it. */
export const authorityGrants: readonly string[] = ['revoke update, delete on ledger from omokit_app']

/** Ids are compared and sorted by their bytes, whatever the database's locale. */
function byBytes(tables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tables).map(([name, columns]) => [name, columns.replace(/\b(\w+) text\b/g, '$1 text collate "C"')]))
}
