// What a release changes: `changeset version`, then the one version of the table, every package.json and the lock file follow.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const json = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'))

run(join(root, 'node_modules/@changesets/cli/bin.js'), 'version')
const { version } = json('packages/core/package.json')
const table = join(root, 'scripts/packaging/packages.mjs')
writeFileSync(table, readFileSync(table, 'utf8').replace(/^export const version = '.*'$/m, `export const version = '${version}'`))
run(join(root, 'scripts/packaging/sync.mjs'))

const lock = json('package-lock.json')
for (const [path, entry] of Object.entries(lock.packages)) {
  if (!/^packages\/[^/]+$/.test(path)) continue
  const manifest = json(`${path}/package.json`)
  for (const field of ['version', 'dependencies', 'devDependencies', 'peerDependencies']) if (field in entry) entry[field] = manifest[field]
}
writeFileSync(join(root, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`)

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
