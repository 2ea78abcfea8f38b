// Builds and publishes what is not on npm yet. Provenance wants each package.json to name the repository it is built from:
// it is known where the workflow runs (GITHUB_REPOSITORY) and written for this run alone.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const { GITHUB_REPOSITORY: repository, GITHUB_SERVER_URL: server = 'https://github.com' } = process.env
if (!repository) {
  process.stderr.write('GITHUB_REPOSITORY is not set: packages are published by the release workflow, with provenance.\n')
  process.exit(2)
}
run(['scripts/run.mjs', 'build'])
run(['scripts/packaging/sync.mjs'], { OMOKIT_REPOSITORY: `${server}/${repository}` })
run(['node_modules/@changesets/cli/bin.js', 'publish'])

function run([script, ...args], env = {}) {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) process.exit(status ?? 1)
}
