import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { version } from '../packaging/packages.mjs'
import { root } from '../repository'
import type { Size } from './measure-sizes'

/** What every scenario weighed at one commit, gzip bytes by id. */
export interface SizeRow {
  readonly date: string
  readonly version: string
  readonly commit: string
  readonly gzip: Readonly<Record<string, number>>
}

const file = join(root, 'bench/size-history.json')

/** Rows from the oldest to the newest. */
export function readHistory(): readonly SizeRow[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly SizeRow[]) : []
}

/** Appends a row for the commit that is checked out. */
export function record(sizes: readonly Size[]): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  const row: SizeRow = { date: new Date().toISOString().slice(0, 10), version, commit, gzip: Object.fromEntries(sizes.map(({ id, gzip }) => [id, gzip])) }
  writeFileSync(file, `[\n${[...readHistory(), row].map((one) => `  ${JSON.stringify(one)}`).join(',\n')}\n]\n`)
}

/** A scenario may grow by this much without a row that says so. */
const slack = 0.05

/** Scenarios that grew unannounced since the last row, are new, or went. */
export function growthFaults(sizes: readonly Size[], last: SizeRow | undefined): readonly string[] {
  if (!last) return ['no row to compare with: npm run size -- --record']
  const grown = sizes.flatMap(({ id, gzip }) => {
    const before = last.gzip[id]
    if (before === undefined) return [`${id}: new, ${gzip} B: npm run size -- --record`]
    // a rest of a few bytes may double without meaning anything
    return gzip > before * (1 + slack) + 20 ? [`${id}: ${gzip} B, ${before} B at ${last.commit}: if that is on purpose, npm run size -- --record`] : []
  })
  return [
    ...grown,
    ...Object.keys(last.gzip)
      .filter((id) => !sizes.some((one) => one.id === id))
      .map((id) => `${id}: was measured at ${last.commit}, is not now`),
  ]
}
