import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packages } from '../packaging/packages.mjs'
import { buildAll } from '../build/build'
import { say } from '../repository'
import { packAll, scratch } from './pack'

// Installs every packed tarball into a scratch project, as an integrator would, and loads every entry.
if (!Object.keys(packages).every((dir) => existsSync(join(scratch, '..', 'packages', dir, 'dist')))) await buildAll()
const tarballs = await packAll()
const project = join(scratch, 'consumer')
rmSync(project, { recursive: true, force: true })
mkdirSync(project, { recursive: true })
const dependencies = Object.fromEntries([...tarballs].map(([dir, tarball]) => [packages[dir]?.name ?? dir, `file:${tarball}`]))
write('package.json', JSON.stringify({ name: 'consumer', private: true, dependencies: { ...dependencies }, overrides: dependencies }, null, 2))
const begun = Date.now()
execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] })
say(`installed ${tarballs.size} tarballs in ${((Date.now() - begun) / 1000).toFixed(1)} s`)

const entries = Object.values(packages).flatMap((row) => Object.keys(row.entries).map((subpath) => row.name + subpath.slice(1)))
const gates: readonly { readonly name: string; run(): boolean }[] = [
  {
    name: 'require() of every entry',
    run: () =>
      node(
        'require.cjs',
        entries
          .map(
            (entry) =>
              `if (!Object.keys(require(${JSON.stringify(entry)})).length && !${JSON.stringify(entry)}.includes('type')) throw new Error(${JSON.stringify(`${entry} exports nothing`)})`,
          )
          .join('\n'),
      ),
  },
  {
    name: 'import of every entry',
    run: () =>
      node(
        'import.mjs',
        entries
          .map(
            (entry, i) =>
              `import * as e${i} from ${JSON.stringify(entry)}\nif (!Object.keys(e${i}).length) throw new Error(${JSON.stringify(`${entry} exports nothing`)})`,
          )
          .join('\n'),
      ),
  },
  { name: 'import in a server-side render leaves no trace', run: () => node('ssr.mjs', ssr()) },
  {
    name: 'no package runs a script at install',
    run: () =>
      Object.keys(packages).every(
        (dir) => !/"(pre|post)?install"/.test(execFileSync('tar', ['-xzOf', tarballs.get(dir) as string, 'package/package.json'], { encoding: 'utf8' })),
      ),
  },
  { name: 'tarballs hold what they should and nothing else', run: contents },
]
let failed = 0
for (const gate of gates) {
  const good = gate.run()
  say(`${good ? 'ok    ' : 'FAILED'} ${gate.name}`)
  if (!good) failed++
}
say(`${gates.length - failed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)

function write(name: string, text: string): void {
  writeFileSync(join(project, name), `${text}\n`)
}

function node(name: string, text: string): boolean {
  write(name, text)
  const run = spawnSync(process.execPath, [name], { cwd: project, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } })
  if (run.status !== 0) say(run.stderr)
  return run.status === 0
}

/** Importing what a page imports must touch nothing: no timer, no listener, no global. */
function ssr(): string {
  const client = Object.values(packages)
    .filter((row) => row.kind === 'client')
    .flatMap((row) => Object.keys(row.entries).map((subpath) => row.name + subpath.slice(1)))
    .filter((entry) => !/testing|node|schema/.test(entry))
  return `const before = Object.getOwnPropertyNames(globalThis).join()
${client.map((entry) => `await import(${JSON.stringify(entry)})`).join('\n')}
if (Object.getOwnPropertyNames(globalThis).join() !== before) throw new Error('an import added a global')
if (process._getActiveHandles().filter((handle) => handle !== process.stdout && handle !== process.stderr && handle.constructor.name !== 'Pipe' && handle.constructor.name !== 'WriteStream' && handle.constructor.name !== 'Socket').length) throw new Error('an import left a handle open')`
}

function contents(): boolean {
  let good = true
  for (const [dir, tarball] of tarballs) {
    const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((file) => file.replace('package/', ''))
    const allowed =
      /^(package\.json|LICENSE|THIRD-PARTY-LICENSES\.txt|README\.md|CHANGELOG\.md|dist\/|miniprogram_dist\/|vectors\/|schemas\/|[\w/-]+\/package\.json$)/
    for (const file of files) {
      if (allowed.test(file) && !/\.(test|spec)\.|\/src\/|\.map$/.test(file)) continue
      good = false
      say(`packages/${dir}: ${file} should not be in the tarball`)
    }
    if (!files.includes('LICENSE')) {
      good = false
      say(`packages/${dir}: no LICENSE in the tarball`)
    }
  }
  return good
}
