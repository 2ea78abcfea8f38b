import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PackageRow } from '../packaging/packages.mjs'
import type { Project } from './gate'

/** What a package of the tests is made of: files over those of a sound one, fields over those of its package.json. */
export interface Made {
  readonly files?: Readonly<Record<string, string | undefined>>
  readonly manifest?: Readonly<Record<string, unknown>>
  readonly row?: Partial<PackageRow>
}

/**
 * A project with one small client package, sound unless told otherwise, to show that a gate lets the sound one pass and
 * stops the wrong one.
 */
export function projectOf(below: string, made: Made = {}): Project {
  const folder = mkdtempSync(join(below, 'project-'))
  const name = made.row?.name ?? '@omokit/tracker'
  const row: PackageRow = {
    name,
    description: 'a package of the tests',
    kind: 'client',
    entries: { '.': 'src/index.ts', './more': 'src/more.ts' },
    arrows: [],
    dependencies: {},
    ...made.row,
  }
  const home = join(folder, 'node_modules', name)
  const both = (stem: string): Record<string, unknown> => ({
    import: { types: `./dist/${stem}.d.mts`, default: `./dist/${stem}.mjs` },
    require: { types: `./dist/${stem}.d.ts`, default: `./dist/${stem}.js` },
  })
  const manifest = {
    name,
    version: '1.0.0',
    license: 'MIT',
    main: './dist/index.js',
    module: './dist/index.mjs',
    types: './dist/index.d.ts',
    miniprogram: 'miniprogram_dist',
    exports: { '.': both('index'), './more': both('more') },
    ...made.manifest,
  }
  const files: Record<string, string | undefined> = {
    LICENSE: 'MIT',
    'package.json': JSON.stringify(manifest),
    'more/package.json': JSON.stringify({ main: '../dist/more.js', module: '../dist/more.mjs', types: '../dist/more.d.ts' }),
    'dist/index.js': 'exports.one = function () { return 1 }',
    'dist/index.mjs': 'export function one() { return 1 }',
    'dist/more.js': 'exports.two = 2',
    'dist/more.mjs': 'export const two = 2',
    'dist/index.d.ts': 'export declare function one(): number\n',
    'dist/index.d.mts': 'export declare function one(): number\n',
    'dist/more.d.ts': 'export declare const two: number\n',
    'dist/more.d.mts': 'export declare const two: number\n',
    'miniprogram_dist/index.js': 'exports.one = function () { return 1 }',
    'miniprogram_dist/more.js': 'exports.two = 2',
    ...made.files,
  }
  for (const [file, text] of Object.entries(files)) {
    if (text === undefined) continue
    mkdirSync(dirname(join(home, file)), { recursive: true })
    writeFileSync(join(home, file), text)
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', version: '1.0.0', private: true, dependencies: { [name]: '1.0.0' } }))
  return { folder, packages: [{ row, folder: home }] }
}

/** The builder takes a folder of this name even when package.json does not say so: a package it must parse has none. */
const noFolder = { 'miniprogram_dist/index.js': undefined, 'miniprogram_dist/more.js': undefined }

/** What WeChat's builder must refuse, with the words it refuses by. */
export const refusedByWechat: Readonly<Record<string, { readonly made: Made; readonly words: RegExp }>> = {
  'a main that ends in .cjs': {
    made: {
      manifest: { main: './dist/index.cjs', miniprogram: undefined },
      files: { ...noFolder, 'dist/index.cjs': 'exports.one = 1', 'dist/index.js': undefined },
    },
    words: /not found/,
  },
  '`?.` in the entry': {
    made: { manifest: { miniprogram: undefined }, files: { ...noFolder, 'dist/index.js': 'exports.one = function (a) { return a?.b }' } },
    words: /Unexpected token/,
  },
  'a BigInt in core': {
    made: { row: { name: '@omokit/core' }, manifest: { miniprogram: undefined }, files: { ...noFolder, 'dist/index.js': 'exports.one = 1n' } },
    words: /Identifier directly after number|Unexpected/,
  },
  'zod beside tracker': {
    made: {
      manifest: { miniprogram: undefined, dependencies: { zod: '*' } },
      files: {
        ...noFolder,
        'dist/index.js': "exports.one = require('zod').z",
        // what zod's own package.json says: a main that ends in .cjs
        'node_modules/zod/package.json': '{"name":"zod","version":"4.6.7","main":"./index.cjs","module":"./index.js"}',
        'node_modules/zod/index.cjs': 'exports.z = 1',
        'node_modules/zod/index.js': 'export const z = 1',
      },
    },
    words: /not found/,
  },
}
