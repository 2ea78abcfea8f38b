import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { PackageRow } from '../../packaging/packages.mjs'
import { stemOf } from '../../packaging/sync.mjs'
import { filesBelow } from '../files-of'
import type { Gate, PackedPackage } from '../gate'

/** A file that appears in a tarball or goes from it is announced by a change of `packages/<p>/contents.txt`. */
export function contentsGate(listOf: (row: PackageRow) => string): Gate {
  return {
    name: 'contents as listed',
    look: ({ packages }) =>
      packages.flatMap((one) => {
        const list = listOf(one.row)
        if (!existsSync(list)) return [`${one.row.name}: no list ${list}: npm run check:tarballs -- --update`]
        const listed = new Set(readFileSync(list, 'utf8').trim().split('\n'))
        const packed = new Set(contentsOf(one))
        return [
          ...[...packed].filter((file) => !listed.has(file)).map((file) => `${one.row.name}: ${file} appeared`),
          ...[...listed].filter((file) => !packed.has(file)).map((file) => `${one.row.name}: ${file} disappeared`),
          ...[...packed]
            .filter((file) => /(^|\/)(src|test|prove)\/|\.(test|spec)\.|\.map$|\.tsbuildinfo$|(^|\/)\./.test(file))
            .map((file) => `${one.row.name}: ${file} is no business of users`),
        ]
      }),
  }
}

/** Writes the list of one package. */
export function writeContents(one: PackedPackage, list: string): void {
  writeFileSync(list, `${contentsOf(one).join('\n')}\n`)
}

/** Files of the package; parts shared by entries, whose names carry a hash, stand as one line per kind. */
function contentsOf({ row, folder }: PackedPackage): readonly string[] {
  const stems = new Set(Object.keys(row.entries).map(stemOf))
  const names = filesBelow(folder).map((file) => {
    const [, stem, kind] = /^dist\/(.+?)(\.d\.m?ts|\.m?js)$/.exec(file) ?? []
    return stem && kind && !stems.has(stem) && /-[\w-]{8}$/.test(stem) ? `dist/*-HASH${kind}` : file
  })
  return [...new Set(names)].sort()
}
