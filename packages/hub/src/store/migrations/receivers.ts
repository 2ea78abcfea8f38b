import type { Migration } from '../migrate'
import { protect } from '../protect'

/** Messages of other trackers, each once by its sender's id, and what a key's sender has consent for. */
export const receivers: Migration = {
  name: '0004_receivers',
  statements: [
    `create table received (brand text not null, bucket smallint not null, key_hash text not null, source text not null, id text not null, name text not null,
      kind text, code text, copies bigint not null default 0, stream text, seq bigint, received_at bigint not null, primary key (brand, bucket, key_hash, source, id))`,
    ...protect('received'),
    `alter table keys add column consent text not null default '[]'`,
  ],
}
