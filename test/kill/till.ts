import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClock } from '@omokit/core'
import type { FactRef, Issue, Lane } from '@omokit/core'
import { createNodePorts } from '@omokit/core/node'
import { createOutbox } from '@omokit/core/outbox'
import type { FlushReport, Outbox, OutboxLimits } from '@omokit/core/outbox'

/** A till on real files, in this process or in one of its own. */
export interface Till {
  readonly outbox: Outbox
  readonly issues: readonly Issue[]
  /** Appends fact `n` of its lane. */
  append(lane: Lane, n: string): Promise<FactRef>
  /** Sends until nothing is pending. Throws after a hundred attempts. */
  drain(): Promise<FlushReport>
}

export function openTill(dir: string, to: { readonly url: string; readonly key: string }, limits: OutboxLimits = {}): Till {
  const ports = createNodePorts({ brand: 'till', dir, platform: 'till' })
  const issues: Issue[] = []
  const outbox = createOutbox({
    ports,
    clock: createClock({ time: ports.time, kv: ports.kv }),
    hub: to.url,
    key: to.key,
    limits: { block: 8, batch: 20, linger: 5, maxBackoff: 100, ...limits },
    onIssue: (issue) => issues.push(issue),
  })
  return {
    outbox,
    issues,
    append: (lane, n) =>
      outbox.append(lane === 'trade' ? { kind: 'Order Completed', body: { orderId: n, total: 100 } } : { kind: 'Product Viewed', body: { sku: n } }),
    async drain() {
      for (let attempt = 0; attempt < 100; attempt++) {
        const report = await outbox.flush()
        if (!report.pending && !report.issue) return report
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      throw new Error(`still pending: ${JSON.stringify(await outbox.stats())} ${JSON.stringify(issues.slice(-5))}`)
    },
  }
}

/** Name of fact `n` in a text as it was stored; undefined for what the outbox says by itself. */
export function nameOf(text: string): string | undefined {
  const { body } = JSON.parse(text) as { readonly body: { readonly orderId?: string; readonly sku?: string } }
  return body.orderId ?? body.sku
}

export const logFolderOf = (dir: string): string => join(dir, '_till', '_main', 'log')

/** The file of a stream's log. */
export function logFileOf(dir: string, stream: string): string {
  const folder = logFolderOf(dir)
  const name = readdirSync(folder).find((one) => readFileSync(join(folder, one), 'utf8').startsWith(`@"${stream}"`))
  if (!name) throw new Error(`no log of ${stream}`)
  return join(folder, name)
}

/** Cuts the lines of these records out of a log, as somebody with an editor would. */
export function cutRecords(file: string, seqs: ReadonlySet<number>): void {
  const lines = readFileSync(file, 'utf8').split('\n')
  const kept = lines.filter((line) => !seqs.has(Number(/^(\d+),/.exec(line)?.[1])))
  if (lines.length - kept.length !== seqs.size) throw new Error('not every record was there')
  writeFileSync(file, kept.join('\n'))
}

export const deleteLog = (file: string): void => rmSync(file)
