import type { Migration } from '../migrate'
import { protect } from '../protect'

// Roles belong to the cluster, not the database: another hub may make it at this very moment.
const role = `do $$ begin
  create role omokit_app nologin nosuperuser nobypassrls nocreatedb nocreaterole;
exception when duplicate_object or unique_violation then null;
end $$`

const member = `do $$ begin
  if not pg_has_role(current_user, 'omokit_app', 'member') then execute format('grant omokit_app to %I', current_user); end if;
end $$`

const tables: Readonly<Record<string, string>> = {
  keys: `brand text not null, bucket smallint not null, hash text not null, kind text not null, mode text not null, roles text not null,
    store_id text not null, label text not null, state text not null default 'active', created_at bigint not null, primary key (brand, bucket, hash)`,
  streams: `brand text not null, bucket smallint not null, stream text not null, lane text not null, key_hash text not null,
    through bigint not null default 0, settled text not null default '[]', lost text not null default '[]', head bigint not null default 0,
    duplicates bigint not null default 0, forks bigint not null default 0, refused bigint not null default 0, stored bigint not null default 0,
    last_first bigint not null default 0, last_sent bigint not null default 0, last_seq bigint not null default 0, last_hash text not null default '', ended_through bigint, purged bigint not null default 0, first_day date not null, seen_at bigint not null,
    primary key (brand, bucket, stream)`,
  facts: `brand text not null, bucket smallint not null, stream text not null, seq bigint not null, received_day date not null, received_at bigint not null,
    lane text not null, kind text not null, at bigint not null, corrected_at bigint, store_id text, flags text not null default '', hash text not null,
    prev text, key_hash text not null, text text not null, primary key (brand, bucket, stream, seq, received_day)`,
  facts_aside: `brand text not null, bucket smallint not null, stream text not null, seq bigint not null, hash text not null, code text not null, prev text,
    text text not null, received_at bigint not null, primary key (brand, bucket, stream, seq, hash)`,
  findings: `brand text not null, bucket smallint not null, id text not null, code text not null, subject text not null, stream text, seq bigint,
    detail text not null, found_at bigint not null, primary key (brand, bucket, id)`,
  receipts: `brand text not null, bucket smallint not null, order_id text not null, stream text not null, seq bigint not null, store_id text,
    receipt_no text not null, release bigint not null, instant bigint not null, seal text not null, total bigint not null, pay bigint not null,
    points_earned bigint not null, points_burned bigint not null, member text, training boolean not null, body text not null, received_at bigint not null,
    primary key (brand, bucket, order_id, stream, seq)`,
  orders: `brand text not null, bucket smallint not null, order_id text not null, stream text not null, seq bigint not null, store_id text, member text,
    lines int not null, net bigint not null, discounts text not null, at bigint not null, primary key (brand, bucket, order_id)`,
  parity: `brand text not null, bucket smallint not null, order_id text not null, stream text not null, seq bigint not null, release bigint not null,
    result text not null, expected_seal text, got_seal text not null, explained_by text, note text, checked_at bigint not null,
    primary key (brand, bucket, order_id, stream, seq)`,
  identity_events: `brand text not null, bucket smallint not null, event_id text not null, component text not null, hub_ts bigint not null, event text not null,
    primary key (brand, bucket, event_id)`,
  identity_ids: `brand text not null, bucket smallint not null, id text not null, component text not null, primary key (brand, bucket, id)`,
  identity_components: `brand text not null, bucket smallint not null, component text not null, version bigint not null default 0, primary key (brand, bucket, component)`,
  persons: `brand text not null, bucket smallint not null, component text not null, canonical text not null, ids text not null,
    primary key (brand, bucket, component, canonical)`,
  releases: `brand text not null, bucket smallint not null, version bigint not null, header text not null, signature text not null,
    valid_from bigint not null, refresh_after bigint not null, expires_at bigint not null, stores text, manifest text not null, published_at bigint not null,
    primary key (brand, bucket, version)`,
  chunks: `brand text not null, bucket smallint not null, name text not null, kind text not null, text text not null, primary key (brand, bucket, name)`,
  signing_keys: `brand text not null, bucket smallint not null, kid text not null, key text not null, state text not null, primary key (brand, bucket, kid)`,
  key_sets: `brand text not null, bucket smallint not null, version bigint not null, text text not null, primary key (brand, bucket, version)`,
  bus_outbox: `brand text not null, bucket smallint not null, id bigint generated always as identity, topic text not null, key text not null,
    payload text not null, at bigint not null, primary key (brand, bucket, id)`,
}

const indexes: readonly string[] = [
  'create index identity_events_component on identity_events (brand, component)',
  'create index identity_ids_component on identity_ids (brand, component)',
  'create index findings_by_time on findings (brand, found_at)',
]

/** The first schema. Every primary key begins with brand and bucket, so that the tables can be sharded by them. */
export const base: Migration = {
  name: '0001_base',
  statements: [
    role,
    member,
    'grant usage on schema public to omokit_app',
    ...Object.entries(tables).map(([name, columns]) => `create table ${name} (${columns})${name === 'facts' ? ' partition by range (received_day)' : ''}`),
    ...indexes,
    ...Object.keys(tables).flatMap(protect),
  ],
}
