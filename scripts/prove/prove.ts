import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packages } from '../packaging/packages.mjs'
import { root, say, stop } from '../repository'

/** A long count behind a promise: throws when it is broken, else gives its figures. */
interface Proof {
  prove(options: { readonly seeds?: number; readonly share?: number }): Promise<Readonly<Record<string, unknown>>>
}

const args = process.argv.slice(2)
const tenth = args.includes('--tenth')
const seedsAt = args.indexOf('--seeds')
const seeds = seedsAt >= 0 ? Number(args[seedsAt + 1]) : undefined
if (seeds !== undefined && !(Number.isSafeInteger(seeds) && seeds > 0)) stop('--seeds takes a whole number above 0')
const wanted = args.filter((arg, i) => !arg.startsWith('--') && !(seedsAt >= 0 && i === seedsAt + 1))
const proofs = found()
for (const name of wanted) if (!proofs.has(name)) stop(`No proof "${name}". Known: ${[...proofs.keys()].sort().join(', ')}`)

for (const name of wanted.length ? wanted : [...proofs.keys()].sort()) {
  const begun = Date.now()
  const { prove } = (await import(pathToFileURL(proofs.get(name) as string).href)) as Proof
  let figures: Readonly<Record<string, unknown>>
  try {
    figures = await prove({ ...(seeds ? { seeds } : tenth ? { share: 0.1 } : {}) })
  } catch (error) {
    stop(`${name}: NOT PROVED\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, 1)
  }
  const seconds = Math.round((Date.now() - begun) / 1000)
  const record = { name, commit: commit(), seconds, node: process.versions.node, cores: cpus().length, ...figures }
  say(`${name}: ${JSON.stringify(record)}`)
  if (!tenth && !seeds) {
    mkdirSync(join(root, 'docs/proof'), { recursive: true })
    writeFileSync(join(root, 'docs/proof', `${name}.json`), `${JSON.stringify(record, null, 2)}\n`)
  }
}
process.exit(0)

/** packages/<p>/prove/<name>.ts and test/prove/<name>.ts */
function found(): Map<string, string> {
  const folders = [...Object.keys(packages).map((name) => join(root, 'packages', name, 'prove')), join(root, 'test', 'prove')]
  const files = new Map<string, string>()
  for (const folder of folders) {
    if (!existsSync(folder)) continue
    for (const file of readdirSync(folder)) if (file.endsWith('.ts') && !file.startsWith('_')) files.set(file.slice(0, -3), join(folder, file))
  }
  return files
}

function commit(): string {
  try {
    const dirty = execFileSync('git', ['status', '--porcelain', '--', 'packages', 'test'], { cwd: root, encoding: 'utf8' }).trim()
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim() + (dirty ? '+' : '')
  } catch {
    return 'unknown'
  }
}
