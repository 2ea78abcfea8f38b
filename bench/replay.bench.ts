import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { createProgress, replayTianchi, startHub } from '@omokit/cli'
import { createClock } from '@omokit/core'
import { createCommands } from '@omokit/core/commands'
import { createMemoryPorts } from '@omokit/core/memory'
import { createNodePorts } from '@omokit/core/node'
import { createOutbox } from '@omokit/core/outbox'
import { csvRows } from '../packages/cli/src/replay/csv-rows'
import { sharedFolder, stop } from '../scripts/repository'

/**
 * Claims per second of the Tianchi replay over HTTP and PGlite in memory, each a command with its answer, over a bare
 * batched insert of the same rows into a bare PGlite in the same run. Needs the shared data.
 */
export async function bench(): Promise<readonly { id: string; value: number; samples: number; against: string }[]> {
  const shared = sharedFolder()
  if (!shared) stop('bench replay needs the shared data: set OMOKIT_SHARED', 1)
  const path = join(shared, 'data', 'tianchi-o2o-coupon-receipts-201607.csv.gz')
  const bare = await bareInsert(path)
  const replayed = await replay(path)
  return [
    {
      id: 'replay.ratio',
      value: Number((replayed.perSecond / bare.perSecond).toFixed(4)),
      samples: replayed.rows,
      against: `bare batched insert ${Math.round(bare.perSecond)} rows/s; replay ${Math.round(replayed.perSecond)} claims/s`,
    },
  ]
}

async function bareInsert(path: string): Promise<{ readonly perSecond: number }> {
  const db = await PGlite.create()
  await db.exec(
    'create table claims (id bigint primary key, member text not null, coupon text not null, merchant text not null, rate text not null, day text not null)',
  )
  const rows: string[][] = []
  for await (const found of csvRows(path, ['user_id']))
    if ('row' in found)
      rows.push([
        String(found.line),
        found.row['user_id'] ?? '',
        found.row['coupon_id'] ?? '',
        found.row['merchant_id'] ?? '',
        found.row['discount_rate'] ?? '',
        found.row['date_received'] ?? '',
      ])
  const begun = performance.now()
  for (let at = 0; at < rows.length; at += 500) {
    const batch = rows.slice(at, at + 500)
    const values = batch.map((_, i) => `($${i * 6 + 1}, $${i * 6 + 2}, $${i * 6 + 3}, $${i * 6 + 4}, $${i * 6 + 5}, $${i * 6 + 6})`).join(', ')
    await db.query(`insert into claims values ${values} on conflict do nothing`, batch.flat())
  }
  const seconds = (performance.now() - begun) / 1000
  await db.close()
  return { perSecond: rows.length / seconds }
}

async function replay(path: string): Promise<{ readonly perSecond: number; readonly rows: number }> {
  const hub = await startHub({ brand: 'bench' })
  const ports = createMemoryPorts({ brand: 'bench', net: createNodePorts({ brand: 'bench', dir: '.cache/bench' }).net })
  const clock = createClock({ time: ports.time })
  const to = { ports, clock, hub: hub.url, key: hub.keys.secret }
  const begun = performance.now()
  const report = await replayTianchi({
    path,
    outbox: createOutbox(to),
    commands: createCommands(to),
    kv: ports.kv,
    net: ports.net,
    hub: hub.url,
    key: hub.keys.secret,
    progress: createProgress({ write: () => true }, Date.now),
  })
  const seconds = (performance.now() - begun) / 1000
  await hub.close()
  const rows = Number(report.totals['rows'])
  return { perSecond: rows / seconds, rows }
}
