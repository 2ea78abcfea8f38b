import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packages } from '../packaging/packages.mjs'
import type { Project } from './gate'
import { type Installed, install } from './npm'
import { scratch } from './pack'

/** Installs the tarballs into a fresh scratch project, as an integrator would. */
export async function installProject(tarballs: ReadonlyMap<string, string>): Promise<Project | Exclude<Installed, { readonly folder: string }>> {
  const folder = join(scratch, 'consumer')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const dependencies = Object.fromEntries([...tarballs].map(([dir, tarball]) => [packages[dir]?.name ?? dir, `file:${tarball}`]))
  // types of Node are what a TypeScript project on a server has
  const devDependencies = { '@types/node': '22.20.5' }
  const manifest = { name: 'consumer', version: '1.0.0', private: true, license: 'UNLICENSED', dependencies, devDependencies, overrides: dependencies }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  const installed = await install(folder)
  if (!('folder' in installed)) return installed
  return {
    folder,
    packages: [...tarballs.keys()].flatMap((dir) => {
      const row = packages[dir]
      return row ? [{ row, folder: join(folder, 'node_modules', row.name) }] : []
    }),
  }
}
