import type { PackageRow } from '../packaging/packages.mjs'

/** A package as npm users get it: its row of the table and the folder its tarball was unpacked into. */
export interface PackedPackage {
  readonly row: PackageRow
  readonly folder: string
}

/** A scratch project that has the packages installed. */
export interface Project {
  /** Holds package.json and node_modules. */
  readonly folder: string
  readonly packages: readonly PackedPackage[]
}

/** What is wrong, one line each; or why the gate could not look. */
export type Verdict = readonly string[] | { readonly skipped: string }

/** One thing that must hold for the packages where they will live. */
export interface Gate {
  readonly name: string
  look(project: Project): Verdict | Promise<Verdict>
}
