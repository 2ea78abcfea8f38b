import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from './gate'

/** A fresh project that has the client packages and nothing else: no package of a server, no third party, no types of Node. */
export function clientsAlone(project: Project, folder: string): Project {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const packages = project.packages
    .filter(({ row }) => row.kind === 'client')
    .map(({ row, folder: from }) => {
      const to = join(folder, 'node_modules', row.name)
      cpSync(from, to, { recursive: true })
      return { row, folder: to }
    })
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'shop', private: true, dependencies: Object.fromEntries(packages.map(({ row }) => [row.name, '*'])) }),
  )
  return { folder, packages }
}
