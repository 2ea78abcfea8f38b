// The door to every command of this repository: installs what is missing, then runs the TypeScript behind the name.
// Plain Node on purpose: it must work in a fresh clone.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** name → script, relative to scripts/ */
const commands = {
  start: 'start/start.ts',
  test: 'test/test.ts',
  prove: 'prove/prove.ts',
  check: 'check/check.ts',
  'check:tarballs': 'tarballs/check-tarballs.ts',
  size: 'size/size.ts',
  bench: 'bench/bench.ts',
  cases: 'cases/cases.ts',
  replay: 'replay/replay.ts',
  build: 'build/build.ts',
  mutate: 'mutation/mutation.ts',
  'docs:build': 'check/docs.ts',
  'build:device-check': 'device-check/build.ts',
}

const [name, ...rest] = process.argv.slice(2)
const script = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined
if (!script) {
  process.stderr.write(`Unknown command "${name ?? ''}". Known: ${Object.keys(commands).join(', ')}\n`)
  process.exit(2)
}

if (major(process.versions.node) < 20) {
  process.stderr.write(`Building and testing omokit needs Node 20 or newer; this is ${process.versions.node}. (Its client packages run on 18.)\n`)
  process.exit(2)
}
install()

const tsx = pathToFileURL(createRequire(join(root, 'package.json')).resolve('tsx')).href
const run = spawnSync(process.execPath, ['--conditions=@omokit/source', '--import', tsx, join(root, 'scripts', script), ...rest], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, NODE_OPTIONS: process.env.NODE_OPTIONS ?? '', OMOKIT_CALLER_DIR: process.env.INIT_CWD ?? process.cwd() },
})
process.exit(run.status ?? 1)

/** Installs when node_modules is absent or older than the lock file. */
function install() {
  const mark = join(root, 'node_modules', '.package-lock.json')
  const lock = join(root, 'package-lock.json')
  if (existsSync(mark) && (!existsSync(lock) || statSync(mark).mtimeMs >= statSync(lock).mtimeMs - 2000)) return
  process.stdout.write('Installing what is missing …\n')
  npmInstall()
  // the lock file names the binaries of the platforms its registry carries; on any other platform versions come from package.json
  if (spawnSync(process.execPath, [join(root, 'node_modules/esbuild/bin/esbuild'), '--version']).status !== 0) npmInstall('--no-package-lock')
}

function npmInstall(...more) {
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', ...more]
  const npm = spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (npm.status !== 0) {
    process.stderr.write('npm could not install the dependencies; see the lines above.\n')
    process.exit(npm.status ?? 1)
  }
}

function major(version) {
  return Number(version.split('.')[0])
}
