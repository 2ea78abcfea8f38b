import type { PackageRow } from '../packaging/packages.mjs'
import type { PackedPackage, Project } from './gate'

/** An import that a user can write. */
export interface Entry {
  /** As it is imported: `@omokit/core/outbox`. */
  readonly id: string
  readonly subpath: string
  readonly package: PackedPackage
}

/** Every entry of the project's packages. */
export function entriesOf(project: Project): readonly Entry[] {
  return project.packages.flatMap((one) => Object.keys(one.row.entries).map((subpath) => ({ id: one.row.name + subpath.slice(1), subpath, package: one })))
}

/** Entries of client packages that a page or a mini-program may load: not those for Node and for tests. */
export function pageEntries(project: Project): readonly Entry[] {
  return entriesOf(project).filter((entry) => entry.package.row.kind === 'client' && !/^\.\/(node|testing)(\/|$)/.test(entry.subpath))
}

/** Entries that stand in a mini-program's folder. */
export function miniprogramEntries(project: Project): readonly Entry[] {
  return entriesOf(project).filter((entry) => entry.package.row.kind === 'client' && inMiniprogram(entry.package.row, entry.subpath))
}

function inMiniprogram(row: PackageRow, subpath: string): boolean {
  return !row.notInMiniprogram?.includes(subpath)
}
