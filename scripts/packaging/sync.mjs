// Writes packages/*/package.json from the table in packages.mjs. `--check` only compares and exits 1 on a difference.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundledVersions, packages, version } from './packages.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** dist file stem of a subpath: "." is index, "./outbox" is outbox */
export const stemOf = (subpath) => (subpath === '.' ? 'index' : subpath.slice(2))

export function manifestOf(dir, repository = process.env.OMOKIT_REPOSITORY) {
  const row = packages[dir]
  const exports = {}
  for (const [subpath, source] of Object.entries(row.entries)) {
    const stem = stemOf(subpath)
    exports[subpath] = {
      '@omokit/source': `./${source}`,
      import: { types: `./dist/${stem}.d.mts`, default: `./dist/${stem}.mjs` },
      require: { types: `./dist/${stem}.d.ts`, default: `./dist/${stem}.js` },
    }
  }
  exports['./package.json'] = './package.json'
  const first = stemOf(Object.keys(row.entries)[0])
  const dependencies = {}
  for (const arrow of row.dependsOn ?? row.arrows) {
    dependencies[packages[arrow].name] = version
  }
  Object.assign(dependencies, row.dependencies)
  const devDependencies = {}
  for (const name of row.bundled ?? []) devDependencies[name] = bundledVersions[name]
  if (dir === 'cli') devDependencies['@omokit/hub'] = version
  const peers = {}
  // any zod 4 has the types that the entries of schemas name; whoever never imports those entries needs none
  for (const name of row.typesFrom ?? []) peers[name] = `^${bundledVersions[name].split('.')[0]}.0.0`
  // a range: with an exact version changesets would make every release a major one
  if (dir === 'cli') peers['@omokit/hub'] = `>=${version}`
  const client = row.kind === 'client'
  return {
    name: row.name,
    version,
    description: row.description,
    license: 'MIT',
    ...(repository ? { repository: { type: 'git', url: `git+${repository}.git`, directory: `packages/${dir}` } } : {}),
    type: 'commonjs',
    sideEffects: false,
    main: `./dist/${first}.js`,
    module: `./dist/${first}.mjs`,
    types: `./dist/${first}.d.ts`,
    ...(client ? { miniprogram: 'miniprogram_dist' } : {}),
    ...(row.script ? { unpkg: `./dist/${row.script.file}`, jsdelivr: `./dist/${row.script.file}` } : {}),
    exports,
    ...(row.bin ? { bin: row.bin } : {}),
    files: [
      'dist',
      ...(client ? ['miniprogram_dist', 'THIRD-PARTY-LICENSES.txt'] : []),
      ...Object.keys(row.entries)
        .filter((s) => s !== '.')
        .map((s) => s.slice(2)),
      ...(row.files ?? []),
    ],
    engines: { node: client ? '>=18' : '>=20' },
    ...(Object.keys(dependencies).length ? { dependencies } : {}),
    ...(Object.keys(devDependencies).length ? { devDependencies } : {}),
    ...(Object.keys(peers).length
      ? { peerDependencies: peers, peerDependenciesMeta: Object.fromEntries(Object.keys(peers).map((name) => [name, { optional: true }])) }
      : {}),
    publishConfig: { access: 'public', provenance: true },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let differs = 0
  for (const dir of Object.keys(packages)) {
    const file = join(root, 'packages', dir, 'package.json')
    const text = `${JSON.stringify(manifestOf(dir), null, 2)}\n`
    const old = existsSync(file) ? readFileSync(file, 'utf8') : ''
    if (old === text) continue
    differs++
    if (process.argv.includes('--check')) process.stdout.write(`packages/${dir}/package.json differs from scripts/packaging/packages.mjs\n`)
    else {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  }
  if (process.argv.includes('--check') && differs) process.exit(1)
}
