import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parse } from 'acorn'
import { transform } from 'esbuild'
import { barredIn } from '../../../test/guards/bundles'
import { stemOf } from '../../packaging/sync.mjs'
import { miniprogramEntries, pageEntries } from '../entries'
import { reachedFrom } from '../files-of'
import type { Gate } from '../gate'

/** zod's patterns name Unicode properties (ES2018); schemas run on servers and in tools. */
const newer = /\/schema$/

/** Files of a page and of a mini-program are ES2017: older WebViews and WeChat's builder stop at the first `?.`. */
export const es2017: Gate = {
  name: 'ES2017 syntax',
  look(project) {
    const files = new Set<string>()
    for (const { id, subpath, package: one } of pageEntries(project)) {
      if (newer.test(id)) continue
      for (const end of ['.js', '.mjs']) for (const file of reachedFrom(join(one.folder, 'dist', stemOf(subpath) + end))) files.add(file)
    }
    for (const { subpath, package: one } of miniprogramEntries(project)) files.add(miniprogramFile(one.folder, subpath))
    for (const { folder, row } of project.packages) if (row.script) files.add(join(folder, 'dist', row.script.file))
    return [...files].flatMap((file) => {
      if (!existsSync(file)) return []
      try {
        parse(readFileSync(file, 'utf8'), { ecmaVersion: 2017, sourceType: file.endsWith('.mjs') ? 'module' : 'script', allowHashBang: true })
        return []
      } catch (error) {
        return [`${relative(project.folder, file)}: ${(error as Error).message}`]
      }
    })
  },
}

/** What runs in mini-programs names nothing that one of them lacks: BigInt, globalThis, TextEncoder, URL … */
export const oldEngines: Gate = {
  name: 'no names that old engines lack',
  async look(project) {
    const files = new Set<string>()
    for (const { subpath, package: one } of miniprogramEntries(project)) {
      files.add(miniprogramFile(one.folder, subpath))
      for (const end of ['.js', '.mjs']) for (const file of reachedFrom(join(one.folder, 'dist', stemOf(subpath) + end))) files.add(file)
    }
    const wrong: string[] = []
    for (const file of files) {
      if (!existsSync(file)) continue
      const { code: short } = await transform(readFileSync(file, 'utf8'), { minify: true, loader: 'js', legalComments: 'none' })
      // a look at globalThis that is guarded by typeof does no harm: it stands at the head of each mini-program file
      const code = short.replace(/typeof globalThis(!==?"undefined"|<"u")\?globalThis:/g, '')
      for (const name of barredIn(code)) wrong.push(`${relative(project.folder, file)}: ${name}`)
    }
    return wrong
  },
}

const miniprogramFile = (folder: string, subpath: string): string => join(folder, 'miniprogram_dist', `${stemOf(subpath)}.js`)
