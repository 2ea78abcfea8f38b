import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Gate } from '../gate'
import { manifestOf } from '../manifest-of'

/** Nothing runs on a user's machine because a package was installed: neither ours nor one it brings along. */
export const installScripts: Gate = {
  name: 'no install scripts',
  look(project) {
    const own = project.packages.flatMap(({ row, folder }) =>
      Object.keys(manifestOf(folder).scripts ?? {})
        .filter((name) => /^(pre|post)?(install|prepare)$/.test(name))
        .map((name) => `${row.name}: has a script "${name}"`),
    )
    const lock = join(project.folder, 'node_modules/.package-lock.json')
    if (!existsSync(lock)) return own
    const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as { readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>> }
    const names = new Set(project.packages.map(({ row }) => `node_modules/${row.name}`))
    return [
      ...own,
      ...Object.entries(packages)
        .filter(([path, { hasInstallScript }]) => hasInstallScript && !names.has(path))
        .map(([path]) => `${path}: comes along and runs a script at install`),
    ]
  },
}
