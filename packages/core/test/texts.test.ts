import { readFileSync } from 'node:fs'
import type { IssueCode } from '@omokit/core'
import { textOf } from '@omokit/core/texts'
import type { Language } from '@omokit/core/texts'
import { describe, expect, it } from 'vitest'

const source = readFileSync(new URL('../src/issues.ts', import.meta.url), 'utf8')
const codes = [...source.slice(0, source.indexOf('export interface Issue ')).matchAll(/^ {2}\| '([a-z-]+)'/gm)].map((match) => match[1] as IssueCode)
const languages: readonly Language[] = ['zh-CN', 'zh-TW', 'en']

describe('textOf', () => {
  it('has a text of its own for every code in every language', () => {
    expect(codes.length).toBeGreaterThan(80)
    for (const language of languages) {
      const texts = codes.map((code) => textOf({ code }, language))
      for (const text of texts) expect(text).toMatch(/\S/)
      expect(new Set(texts).size).toBe(codes.length)
    }
  })

  it('leaves no slot and no bracket behind, whatever the issue carries', () => {
    for (const language of languages) {
      for (const code of codes) {
        for (const detail of [{}, { path: 'lines.2' }, { have: 1 }, { need: 2 }, { path: 'p', have: 'x', need: 3 }]) {
          expect(textOf({ code, ...detail }, language)).not.toMatch(/[[\]{}]|undefined/)
        }
      }
    }
  })

  it('names the same values in every language', () => {
    const issue = { path: 'PATH', have: 'HAVE', need: 'NEED' }
    const named = (code: IssueCode, language: Language): string =>
      ['PATH', 'HAVE', 'NEED'].filter((value) => textOf({ code, ...issue }, language).includes(value)).join()
    for (const code of codes) for (const language of languages) expect([code, named(code, language)]).toEqual([code, named(code, 'en')])
  })

  it('fills in what the issue knows', () => {
    expect(textOf({ code: 'points-short', have: 120, need: 300 }, 'zh-CN')).toBe('积分不足：现有 120，需要 300')
    expect(textOf({ code: 'points-short', have: 120, need: 300 }, 'zh-TW')).toBe('點數不足：目前 120，需要 300')
    expect(textOf({ code: 'rate-limited', need: 2000 }, 'en')).toBe('Too many requests, wait 2000 ms')
    expect(textOf({ code: 'rate-limited' }, 'en')).toBe('Too many requests')
    expect(textOf({ code: 'invalid', path: '$&', have: '[x]' }, 'en')).toBe('Wrong type or value: $&, is [x]')
  })
})
