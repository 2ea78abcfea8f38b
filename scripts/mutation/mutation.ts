import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, say, stop } from '../repository'

/**
 * Changes the code that shares, rounds and refunds money in every way Stryker knows and asks whether a test notices. Runs in
 * a folder of its own, since Stryker's vitest runner does not work with the vitest of this repository on Node 20.
 * A mutant that ends in an error counts as missed. Survivors must stand in equivalent.json with the reason why they are the
 * same program. Writes docs/proof/mutation.json; exit 1 below 95 % or when the list is not exact. `--again` runs only
 * what a change of code or tests since the last run may have changed (Stryker's incremental mode).
 */
const mutated = [
  'packages/core/src/money/allocate.ts',
  'packages/core/src/money/mul-div.ts',
  'packages/rules/src/ratio.ts',
  'packages/rules/src/share.ts',
  'packages/rules/src/refund/refund.ts',
]
const tests = [
  'packages/core/test/money.test.ts',
  'packages/core/test/allocate.test.ts',
  'packages/rules/test/share.test.ts',
  'packages/rules/test/refund.test.ts',
]
const tools = { '@stryker-mutator/core': '9.6.1', '@stryker-mutator/vitest-runner': '9.6.1', vitest: '4.1.12', vite: '7.3.8', 'fast-check': '4.10.2' }
const least = 95

const folder = join(root, '.cache', 'mutation')
runStryker(process.argv.includes('--again'))

interface Mutant {
  readonly status: 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'RuntimeError' | 'CompileError' | 'Ignored' | 'Pending'
  readonly mutatorName: string
  readonly replacement?: string
  readonly location: { readonly start: { readonly line: number; readonly column: number }; readonly end: { readonly line: number; readonly column: number } }
}
interface Equivalent {
  readonly file: string
  /** The line as it stands, trimmed. */
  readonly line: string
  readonly mutation: string
  readonly reason: string
}
const { files } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>
}
const listFile = join(root, 'scripts/mutation/equivalent.json')
const listed = JSON.parse(readFileSync(listFile, 'utf8')) as readonly Equivalent[]
const keyOf = ({ file, line, mutation }: Pick<Equivalent, 'file' | 'line' | 'mutation'>): string => `${file}\n${line}\n${mutation}`
const known = new Set(listed.map(keyOf))
const seen = new Set<string>()
const missing: Omit<Equivalent, 'reason'>[] = []
const perFile: Record<string, { mutants: number; killed: number; score: number }> = {}
let killed = 0
let total = 0
let errors = 0
for (const [file, { source, mutants }] of Object.entries(files)) {
  const lines = source.split('\n')
  let good = 0
  for (const mutant of mutants) {
    const survivor = { file, line: (lines[mutant.location.start.line - 1] as string).trim(), mutation: mutationOf(mutant, lines) }
    const listedHere = known.has(keyOf(survivor))
    // no test can notice what is the same program: when it ran out of time the machine was busy
    if (mutant.status === 'Killed' || (mutant.status === 'Timeout' && !listedHere)) good++
    else {
      if (mutant.status === 'RuntimeError' || mutant.status === 'CompileError') errors++
      if (listedHere) seen.add(keyOf(survivor))
      else missing.push(survivor)
    }
  }
  perFile[file] = { mutants: mutants.length, killed: good, score: percent(good, mutants.length) }
  killed += good
  total += mutants.length
}
const stale = listed.filter((one) => !seen.has(keyOf(one)))
const score = percent(killed, total)
for (const [file, row] of Object.entries(perFile)) say(`${String(row.score).padStart(6)} %  ${row.killed}/${row.mutants}  ${file}`)
for (const one of missing) say(`SURVIVED, not listed: ${JSON.stringify(one)}`)
for (const one of stale) say(`listed, but noticed now: ${JSON.stringify(one)}`)
say(`score ${score} %, ${total} mutants, ${killed} noticed, ${errors} errors, ${listed.length} listed as equivalent`)
const record = {
  name: 'mutation',
  commit: commit(),
  stryker: tools['@stryker-mutator/core'],
  vitest: tools.vitest,
  least,
  score,
  mutants: total,
  killed,
  errors,
  files: perFile,
  equivalent: listed,
}
if (!missing.length && !stale.length && score >= least) writeFileSync(join(root, 'docs/proof/mutation.json'), `${JSON.stringify(record, null, 2)}\n`)
process.exit(missing.length || stale.length || score < least ? 1 : 0)

/** What stands there now → what Stryker put there. */
function mutationOf({ location: { start, end }, replacement = '' }: Mutant, lines: readonly string[]): string {
  const was =
    start.line === end.line
      ? (lines[start.line - 1] as string).slice(start.column - 1, end.column - 1)
      : [(lines[start.line - 1] as string).slice(start.column - 1), '…', (lines[end.line - 1] as string).slice(0, end.column - 1).trim()].join(' ')
  return `${was} → ${replacement.replace(/\s+/g, ' ')}`
}

function percent(part: number, whole: number): number {
  return Math.floor((part / whole) * 10_000) / 100
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

/** Copies the two packages into the folder and changes them there; ends with report.json. */
function runStryker(again: boolean): void {
  mkdirSync(folder, { recursive: true })
  const manifest = `${JSON.stringify({ name: 'omokit-mutation', private: true, type: 'module', dependencies: tools }, null, 2)}\n`
  const manifestFile = join(folder, 'package.json')
  if (!existsSync(join(folder, 'node_modules')) || !existsSync(manifestFile) || readFileSync(manifestFile, 'utf8') !== manifest) {
    writeFileSync(manifestFile, manifest)
    say('installing Stryker …')
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  rmSync(join(folder, 'packages'), { recursive: true, force: true })
  for (const name of ['core', 'rules'])
    for (const part of ['src', 'test', 'vectors']) {
      const from = join(root, 'packages', name, part)
      if (existsSync(from)) cpSync(from, join(folder, 'packages', name, part), { recursive: true })
    }
  writeFileSync(
    join(folder, 'vitest.config.js'),
    `import { defineConfig } from 'vitest/config'
import { join } from 'node:path'
const here = import.meta.dirname
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@omokit\\/([\\w-]+)$/, replacement: join(here, 'packages/$1/src/index.ts') },
      { find: /^@omokit\\/([\\w-]+)\\/(.+)$/, replacement: join(here, 'packages/$1/src/$2/index.ts') },
    ],
  },
  test: { include: ${JSON.stringify(tests)}, testTimeout: 60000 },
})
`,
  )
  writeFileSync(
    join(folder, 'stryker.config.json'),
    JSON.stringify({
      testRunner: 'vitest',
      vitest: { configFile: 'vitest.config.js' },
      mutate: mutated,
      reporters: ['json', 'clear-text', 'progress-append-only'],
      clearTextReporter: { reportTests: false, reportMutants: false, allowColor: false },
      jsonReporter: { fileName: 'report.json' },
      coverageAnalysis: 'perTest',
      ignoreStatic: false,
      concurrency: 2,
      timeoutMS: 20_000,
      tempDirName: '.stryker-tmp',
      allowEmpty: false,
      // --again builds on what the last run found, a whole run begins afresh
      incremental: true,
      incrementalFile: 'incremental.json',
      force: !again,
    }),
  )
  const run = spawnSync(process.execPath, [join(folder, 'node_modules/@stryker-mutator/core/bin/stryker.js'), 'run', 'stryker.config.json'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  if (run.status !== 0) stop('Stryker did not come to an end', 1)
}
