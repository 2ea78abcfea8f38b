import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { packages } from '../packaging/packages.mjs'
import { root, say, stop } from '../repository'

/**
 * Everything that can be known without running the product: types, lint, arrows, cycles, unused code, the shape of the
 * packages, the public API and the docs. `--update` rewrites the API snapshots instead of comparing them; names of steps
 * as further arguments run only those.
 */
const steps: Readonly<Record<string, { readonly protects: string; run(): boolean | Promise<boolean> }>> = {
  types: { protects: 'everything compiles under the strictest settings', run: () => node('typescript', 'bin/tsc', ['-p', '.']) },
  lint: {
    protects: 'format and correctness rules',
    run: () =>
      node('@biomejs/biome', 'bin/biome', ['check', '--diagnostic-level=warn', '.']) &&
      node('oxlint', 'bin/oxlint', ['--quiet', 'packages', 'scripts', 'test', 'bench', 'examples']),
  },
  guards: { protects: 'arrows, cycles, forbidden names, byte ceilings', run: () => node('vitest', 'vitest.mjs', ['run', '--reporter=dot', 'test/guards']) },
  unused: { protects: 'no dead code, no forgotten dependency', run: () => node('knip', 'bin/knip.js', ['--no-progress', '--no-config-hints']) },
  build: { protects: 'the packages build', run: () => script('build/build.ts') },
  packages: { protects: 'what npm users get: publint strict, are-the-types-wrong', run: () => script('check/packages.ts') },
  api: { protects: 'the public API changes only on purpose', run: () => script('check/api.ts', process.argv.includes('--update') ? ['--update'] : []) },
  docs: { protects: 'the docs build and both languages have the same pages', run: () => script('check/docs.ts') },
}

const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))
for (const name of wanted) if (!steps[name]) stop(`No step "${name}". Known: ${Object.keys(steps).join(', ')}`)
const failed: string[] = []
for (const [name, step] of Object.entries(steps)) {
  if (wanted.length && !wanted.includes(name)) continue
  const begun = Date.now()
  say(`— ${name}: ${step.protects}`)
  const good = await step.run()
  say(`  ${good ? 'ok' : 'FAILED'} (${((Date.now() - begun) / 1000).toFixed(1)} s)`)
  if (!good) failed.push(name)
}
say(failed.length ? `check failed: ${failed.join(', ')}` : `check passed: ${Object.keys(packages).length} packages`)
process.exit(failed.length ? 1 : 0)

function node(name: string, bin: string, args: readonly string[]): boolean {
  return spawnSync(process.execPath, [join(root, 'node_modules', name, bin), ...args], { cwd: root, stdio: 'inherit' }).status === 0
}

function script(path: string, args: readonly string[] = []): boolean {
  return spawnSync(process.execPath, [...process.execArgv, join(root, 'scripts', path), ...args], { cwd: root, stdio: 'inherit' }).status === 0
}
