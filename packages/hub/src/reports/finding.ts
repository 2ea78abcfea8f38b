import type { IssueCode } from '@omokit/core'
import { bucketOf } from '../store/bucket'
import type { Trx } from '../store/store'

/** Something the hub found that a person must know. */
export interface Finding {
  readonly code: IssueCode | 'over-redeemed' | 'owner-changed'
  /** What it is about: an order, a stream, a counter. With the code it names the finding: the same one is kept once. */
  readonly subject: string
  readonly stream?: string
  readonly seq?: number
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Records a finding once; the second time it changes nothing. */
export async function recordFinding(trx: Trx, brand: string, now: number, finding: Finding): Promise<void> {
  const { code, subject, stream = null, seq = null, detail = {} } = finding
  const id = `${code}:${subject}`
  await trx
    .insertInto('findings')
    .values({ brand, bucket: bucketOf(id), id, code, subject, stream, seq, detail: JSON.stringify(detail), found_at: now })
    .onConflict((on) => on.columns(['brand', 'bucket', 'id']).doNothing())
    .execute()
}
