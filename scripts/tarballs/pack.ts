import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { packages } from '../packaging/packages.mjs'
import { root, stop } from '../repository'

/** Where tarballs and scratch projects live; ignored by git. */
export const scratch: string = join(root, '.cache')

/** Packs every built package and answers folder → tarball. Packs into a fresh folder each time. */
export async function packAll(only: readonly string[] = Object.keys(packages)): Promise<ReadonlyMap<string, string>> {
  const out = join(scratch, 'tarballs')
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const tarballs = new Map<string, string>()
  for (const dir of only) {
    const cwd = join(root, 'packages', dir)
    if (!existsSync(join(cwd, 'dist'))) stop(`packages/${dir} is not built: npm run build`, 1)
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', out], {
        cwd,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as [{ readonly filename: string }]
    tarballs.set(dir, join(out, packed.filename))
  }
  return tarballs
}
