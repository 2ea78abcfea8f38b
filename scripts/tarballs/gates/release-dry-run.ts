import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packages } from '../../packaging/packages.mjs'
import { root } from '../../repository'
import type { Gate } from '../gate'
import { type Manifest, manifestOf } from '../manifest-of'
import { run } from '../run'

/** What a release would do, done in a copy of the repository: all packages move together, as far as the changesets say. */
export const releaseDryRun: Gate = {
  name: 'a release moves every package together',
  async look(project) {
    const copy = join(project.folder, 'release')
    rmSync(copy, { recursive: true, force: true })
    const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
    if (listed.status !== 0) return { skipped: 'not a git checkout' }
    for (const file of listed.stdout.split('\0').filter((name) => name && existsSync(join(root, name)))) {
      mkdirSync(dirname(join(copy, file)), { recursive: true })
      cpSync(join(root, file), join(copy, file))
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    const dirs = Object.keys(packages)
    const changesets = changesetsIn(copy)
    if (!changesets.length) return []
    const before = dirs.map((dir) => manifestOf(join(copy, 'packages', dir)))
    for (const args of [
      ['init', '-q', '-b', 'main'],
      ['add', '-A'],
      ['-c', 'user.name=dry', '-c', 'user.email=dry@run', 'commit', '-qm', 'dry run'],
    ]) {
      const { good, output } = await run('git', args, { cwd: copy })
      if (!good) return [output]
    }
    for (const script of [['node_modules/@changesets/cli/bin.js', 'status'], ['scripts/packaging/version.mjs'], ['scripts/packaging/sync.mjs', '--check']]) {
      const { good, output } = await run(process.execPath, [...script], { cwd: copy })
      if (!good) return [`${script.join(' ')}: ${output}`]
    }
    const after = dirs.map((dir) => manifestOf(join(copy, 'packages', dir)))
    const logs = dirs.filter((dir) => !existsSync(join(copy, 'packages', dir, 'CHANGELOG.md'))).map((dir) => `packages/${dir}: no CHANGELOG.md was written`)
    const left = changesetsIn(copy).map((name) => `${name} was not used up`)
    return [
      ...releaseFaults(
        before,
        after,
        changesets.map((name) => readFileSync(join(root, '.changeset', name), 'utf8')),
      ),
      ...logs,
      ...left,
    ]
  },
}

type Released = Pick<Manifest, 'name' | 'version' | 'dependencies' | 'peerDependencies'>

/** What is wrong with the versions after a release, given those before and the texts of its changesets. */
export function releaseFaults(before: readonly Released[], after: readonly Released[], changesets: readonly string[]): readonly string[] {
  const kinds = ['patch', 'minor', 'major'] as const
  const asked = Math.max(...kinds.map((kind, i) => (changesets.some((text) => new RegExp(`: ${kind}\\s*$`, 'm').test(text)) ? i : -1)))
  const [main = after[0]] = after.filter(({ name }) => name === 'omokit')
  const names = new Map(after.map((one) => [one.name, one.version]))
  return after.flatMap((one) => {
    const old = before.find(({ name }) => name === one.name)?.version ?? '0.0.0'
    const need = bumped(old, kinds[asked])
    const wrong: string[] = []
    if (one.version !== main?.version) wrong.push(`${one.name} is ${one.version}, ${main?.name} ${main?.version}`)
    if (one.version !== need) wrong.push(`${one.name} goes from ${old} to ${one.version}; the changesets ask for ${need}`)
    for (const [name, range] of Object.entries({ ...one.dependencies, ...one.peerDependencies })) {
      const version = names.get(name)
      if (version && range !== version && range !== `>=${version}`) wrong.push(`${one.name} wants ${name} ${range}, which is ${version}`)
    }
    return wrong
  })
}

function bumped(version: string, kind: 'patch' | 'minor' | 'major' | undefined): string {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return kind === 'major' ? `${major + 1}.0.0` : kind === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`
}

function changesetsIn(folder: string): readonly string[] {
  return readdirSync(join(folder, '.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md')
}
