import { sql } from 'kysely'
import { recordFinding } from '../reports/finding'
import type { Trx } from '../store/store'

/**
 * Freezes the open leases of every terminal that redeemed in a stream, because the stream was seen with two contents: a
 * restored or cloned till may spend the same units twice. What was still out is stated as the exposure, in units.
 * Answers it.
 */
export async function freezeForkedTerminals(trx: Trx, brand: string, now: number, stream: string): Promise<number> {
  const terminals = await sql<{
    terminal: string
  }>`select distinct terminal from redemptions where brand = ${brand} and stream = ${stream} order by terminal`.execute(trx)
  let exposed = 0
  for (const { terminal } of terminals.rows) {
    const done = await sql<{ units: number }>`select omokit_freeze(${brand}, ${terminal}) as units`.execute(trx)
    const units = Number(done.rows[0]?.units)
    if (units) await recordFinding(trx, brand, now, { code: 'stream-fork', subject: `${terminal}:${stream}`, stream, detail: { terminal, frozenUnits: units } })
    exposed += units
  }
  return exposed
}
