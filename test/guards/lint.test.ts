import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packages } from '../../scripts/packaging/packages.mjs'
import { root } from '../../scripts/repository'
import { lint } from './lint'
import { filesBelow, snippet, sources } from './sources'

describe('the conventions', () => {
  it('hold in every source file', () => {
    expect(sources().flatMap(lint)).toEqual([])
  })

  it.each([
    ["export * from './x'"],
    ['export default 1'],
    ['export const x: any = 1'],
    ["import { z } from 'zod'", 'hub'],
    ['export const x = Date.now()'],
    ['export const x = Math.random()'],
    ['export const x = new Date()'],
    ["export const x = () => fetch('/')"],
    ["export const x = () => localStorage.getItem('x')"],
    ['export const x = () => setTimeout(() => {}, 1)'],
    ['export const x = () => console.log(1)'],
    ['export const x = BigInt(1)'],
    ['export const x = [[1]].flat()'],
    ["import { readFileSync } from 'node:fs'"],
    ["import * as z from 'zod/mini'"],
    ['export class Thing {}'],
  ])('catch %s', (text, name = 'tracker') => {
    expect(lint(snippet(text, name)).length).toBeGreaterThan(0)
  })

  it.each([
    ['export const x = (fetch: () => void) => fetch()'],
    ['export const x = { fetch: 1, location: 2 }'],
    ['export const x = (place: { location: string }) => place.location'],
    ['export class OmoError extends Error {}'],
    ['export const x = new Date(0)'],
  ])('let %s pass', (text) => {
    expect(lint(snippet(text))).toEqual([])
  })
})

describe('tests', () => {
  it('print nothing, focus nothing and say why they skip', () => {
    const own = relative(root, import.meta.filename)
    const folders = [...Object.keys(packages).map((name) => `${root}/packages/${name}/test`), `${root}/test`]
    const wrong = folders.flatMap(filesBelow).flatMap((file) => {
      const path = relative(root, file)
      if (path === own) return []
      const text = readFileSync(file, 'utf8')
      return [/\bconsole\.\w+\(/, /\b(it|test|describe)\.(only|todo)\b/, /\b(it|test|describe)\.skip\(/, /import \{ z[ ,}].*'zod/]
        .filter((pattern) => pattern.test(text))
        .map((pattern) => `${path}: ${pattern.source}`)
    })
    expect(wrong).toEqual([])
  })
})

describe('package.json files', () => {
  it('are what the table in scripts/packaging says', async () => {
    const { manifestOf } = await import('../../scripts/packaging/sync.mjs')
    for (const dir of Object.keys(packages)) expect(JSON.parse(readFileSync(`${root}/packages/${dir}/package.json`, 'utf8'))).toEqual(manifestOf(dir))
  })
})
