import type { FactBody, Kv } from '@omokit/core'
import type { ConsentState } from './consent-machine'
import { isPurpose, type Purpose } from './purposes'

/** All that identity keeps on the device, under one key so that it changes as a whole. What is undefined is not written. */
export interface IdentityRecord {
  readonly state: ConsentState
  readonly purposes: readonly Purpose[]
  /** Version of the text the person saw. */
  readonly text?: string | undefined
  readonly anonId?: string | undefined
  readonly userId?: string | undefined
  readonly token?: string | undefined
  /** The member this visitor id was already linked to. */
  readonly linked?: string | undefined
  /** Receipts that may not have reached the outbox yet. */
  readonly due?: readonly FactBody[] | undefined
}

export const emptyRecord: IdentityRecord = { state: 'unset', purposes: [] }

const key = 'identity'

/** Reads the record; anything unreadable counts as "nobody was asked". */
export async function readRecord(kv: Pick<Kv, 'del' | 'get' | 'set'>): Promise<IdentityRecord> {
  try {
    const record = JSON.parse((await kv.get(key)) || '0') as IdentityRecord | 0
    if (record && typeof record.state === 'string') return Object.assign(record, { purposes: record.purposes.filter(isPurpose) })
  } catch {
    // torn or foreign content
  }
  return emptyRecord
}

/** Writes the record; "nobody was asked" leaves no key behind. */
export const writeRecord = (kv: Pick<Kv, 'del' | 'get' | 'set'>, record: IdentityRecord): Promise<void> =>
  record.state === 'unset' ? kv.del(key) : kv.set(key, JSON.stringify(record))
