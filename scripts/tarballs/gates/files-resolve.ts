import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { stemOf } from '../../packaging/sync.mjs'
import type { Gate, PackedPackage } from '../gate'
import { manifestOf } from '../manifest-of'

/**
 * Every file that package.json names is there, and the ways in exist for those who do not read `exports`: a `main` that
 * WeChat's builder finds (it looks for `x.js`, never for `.cjs`), a folder per subpath, a file per mini-program entry.
 */
export const filesResolve: Gate = {
  name: 'every way in leads somewhere',
  look: ({ packages }) => packages.flatMap(faultsOf),
}

function faultsOf({ row, folder }: PackedPackage): readonly string[] {
  const manifest = manifestOf(folder)
  const wrong: string[] = []
  const wants = (file: string | undefined, who: string): void => {
    if (!file) wrong.push(`${row.name}: no ${who}`)
    else if (!existsSync(join(folder, file))) wrong.push(`${row.name}: ${who} names ${file}, which is not there`)
  }
  wants(manifest.main, 'main')
  if (manifest.main && !manifest.main.endsWith('.js')) wrong.push(`${row.name}: main is ${manifest.main}; WeChat's builder only finds a name that ends in .js`)
  wants(manifest.module, 'module')
  wants(manifest.types, 'types')
  if (manifest.unpkg) wants(manifest.unpkg, 'unpkg')
  if (manifest.jsdelivr) wants(manifest.jsdelivr, 'jsdelivr')
  for (const subpath of Object.keys(row.entries)) {
    const target = manifest.exports?.[subpath]
    if (!target) wrong.push(`${row.name}: exports lacks ${subpath}`)
    for (const [conditions, file] of leaves(target)) if (!conditions.includes('@omokit/source')) wants(file, `exports["${subpath}"].${conditions.join('.')}`)
    if (row.kind !== 'client') continue
    const stem = stemOf(subpath)
    if (subpath !== '.') {
      const inner = join(folder, stem, 'package.json')
      if (!existsSync(inner)) wrong.push(`${row.name}: no folder ${stem}/ for those who do not read exports`)
      else {
        const { main, module, types } = manifestOf(join(folder, stem))
        for (const [who, file] of Object.entries({ main, module, types })) wants(file && join(stem, file), `${stem}/package.json ${who}`)
      }
    }
    if (!row.notInMiniprogram?.includes(subpath)) wants(manifest.miniprogram && join(manifest.miniprogram, `${stem}.js`), `mini-program file of ${subpath}`)
  }
  return wrong
}

/** Files named by a value of `exports`, with the conditions that lead there. */
function leaves(target: unknown, conditions: readonly string[] = []): readonly (readonly [readonly string[], string])[] {
  if (typeof target === 'string') return [[conditions, target]]
  if (!target || typeof target !== 'object') return []
  return Object.entries(target).flatMap(([condition, inner]) => leaves(inner, [...conditions, condition]))
}
