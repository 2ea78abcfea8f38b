import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, relative } from 'node:path'
import { parse } from 'acorn'
import { build } from 'esbuild'
import { bundledVersions, packages as table, type PackageRow } from '../../packaging/packages.mjs'
import { root } from '../../repository'
import { filesBelow, specifiersOf } from '../files-of'
import type { Gate, PackedPackage } from '../gate'
import { manifestOf } from '../manifest-of'

/**
 * What a package brings along is what the table says: package.json depends on nothing else, no file imports anything else,
 * and nothing else is compiled in. What is compiled in is known by its texts, which survive minification.
 */
export const thirdParties: Gate = {
  name: 'no third party but those of the table',
  async look({ folder, packages }) {
    prints ??= fingerprints()
    const known = await prints
    return packages.flatMap((one) => [...dependencyFaults(one), ...importFaults(one, folder), ...compiledInFaults(one, known, folder)])
  },
}

function dependencyFaults({ row, folder }: PackedPackage): readonly string[] {
  const { dependencies = {} } = manifestOf(folder)
  const known = new Set([...Object.keys(row.dependencies), ...(row.dependsOn ?? row.arrows).map(nameOf)])
  return Object.keys(dependencies)
    .filter((name) => !known.has(name))
    .map((name) => `${row.name}: depends on ${name}, which the table does not know`)
}

function importFaults({ row, folder }: PackedPackage, from: string): readonly string[] {
  const { dependencies = {}, peerDependencies = {} } = manifestOf(folder)
  const known = new Set([row.name, ...Object.keys(dependencies), ...Object.keys(peerDependencies)])
  // peers for types alone are never asked for at run time
  for (const name of row.typesFrom ?? []) known.delete(name)
  return filesBelow(folder)
    .filter((file) => /\.m?js$/.test(file))
    .flatMap((file) =>
      specifiersOf(readFileSync(join(folder, file), 'utf8'))
        .filter((name) => !name.startsWith('.') && !name.startsWith('node:') && !builtinModules.includes(name))
        .filter((name) => !known.has(packageOf(name)))
        .map((name) => `${relative(from, join(folder, file))}: imports ${name}, which package.json does not bring`),
    )
}

function compiledInFaults({ row, folder }: PackedPackage, prints: ReadonlyMap<string, ReadonlySet<string>>, from: string): readonly string[] {
  const compiled = compiledInto(row)
  const allowed = (name: string, file: string): boolean => compiled.has(name) && !(name === 'zod' && file.startsWith('miniprogram_dist/'))
  return filesBelow(folder)
    .filter((file) => /\.m?js$/.test(file))
    .flatMap((file) => {
      const texts = textsOf(readFileSync(join(folder, file), 'utf8'))
      return [...prints]
        .filter(([name, print]) => !allowed(name, file) && [...print].filter((text) => texts.has(text)).length >= enough)
        .map(([name]) => `${relative(from, join(folder, file))}: ${name} is compiled in`)
    })
}

/** Third parties that may be compiled into a package: its own, and those its mini-program files carry over. */
export function compiledInto(row: PackageRow): ReadonlySet<string> {
  return new Set([...(row.bundled ?? []), ...row.arrows.flatMap((arrow) => (table[arrow]?.bundled ?? []).filter((name) => name !== 'zod'))])
}

/** So many sentences of a work in one file are no chance; single words may be a shared vocabulary. */
const enough = 3

let prints: Promise<ReadonlyMap<string, ReadonlySet<string>>> | undefined

/** The texts a work is known by: name → literals that only it has. Works with few texts are not in the map. */
async function fingerprints(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const names = new Set([...Object.keys(bundledVersions), ...Object.values(table).flatMap((row) => Object.keys(row.dependencies))])
  const texts = new Map<string, Set<string>>()
  for (const name of names) {
    const home = [...Object.keys(table).map((dir) => join(root, 'packages', dir)), root].find((folder) => existsSync(join(folder, 'node_modules', name)))
    if (!home) continue
    const { outputFiles } = await build({
      stdin: { contents: `import * as all from '${name}'; globalThis.keep = all`, resolveDir: home },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      minifySyntax: true,
      logLevel: 'silent',
      loader: { '.wasm': 'empty', '.data': 'empty' },
    })
    texts.set(name, textsOf(outputFiles[0]?.text ?? ''))
  }
  const prints = new Map<string, Set<string>>()
  for (const [name, own] of texts) {
    const print = new Set(
      [...own].filter((text) => text.length >= 12 && /\S \S/.test(text) && ![...texts].some(([other, more]) => other !== name && more.has(text))),
    )
    if (print.size >= 2 * enough) prints.set(name, print)
  }
  return prints
}

/** String literals and the fixed parts of templates. */
function textsOf(code: string): Set<string> {
  const texts = new Set<string>()
  if (!code) return texts
  // a parse first: without it the tokenizer cannot tell a pattern from a division
  const tokens: unknown[] = []
  parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true, onToken: tokens as never[] })
  for (const token of tokens as { readonly type: { readonly label: string }; readonly value?: unknown }[])
    if ((token.type.label === 'string' || token.type.label === 'template') && typeof token.value === 'string') texts.add(token.value)
  return texts
}

const nameOf = (dir: string): string => table[dir]?.name ?? dir
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
