import type { Transaction } from 'kysely'
import type { HubTables } from './tables'

/** A transaction of one brand: row-level security shows it nothing of any other. */
export type Trx = Transaction<HubTables>

/** Where the hub keeps everything: Postgres, or PGlite for a demo, tests and one small shop. */
export interface Store {
  readonly kind: 'postgres' | 'pglite'
  /**
   * Runs `run` in one transaction as the role `omokit_app` with the brand set, and commits when it resolves. Deadlocks and
   * serialisation failures (40P01, 40001) run it again, so it must have no effects but those on `trx`.
   */
  tx<T>(brand: string, run: (trx: Trx) => Promise<T>): Promise<T>
  /**
   * Calls one of the database's own doors: a function that sets role and brand itself, takes and answers plain values. One statement,
   * one round trip, its own transaction; run again as in `tx`.
   */
  call(door: Door, args: readonly DoorArgument[]): Promise<string | null>
  /** Makes sure that facts received on this UTC day have a partition. Not inside a transaction. */
  prepareDay(day: string): Promise<void>
  close(): Promise<void>
}

/** The doors of {@link Store.call}. */
export type Door = 'omokit_command' | 'omokit_commands' | 'omokit_hold_many' | 'omokit_claim_many' | 'omokit_coupon_define'

/** What a {@link Door} takes. */
export type DoorArgument = string | number | boolean | null
