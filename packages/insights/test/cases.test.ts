import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { differences, run } from '../../../scripts/cases/insights'
import { sharedFolder } from '../../../scripts/repository'

const file = join(sharedFolder() ?? '', 'cases', 'insights-cases.json')

describe.skipIf(!existsSync(file))('published cases (skipped where the file shared/cases/insights-cases.json is absent)', () => {
  it('all pass', () => {
    const { passed, failed, lines } = run(file)
    expect({ failed, lines }).toEqual({ failed: 0, lines: [] })
    expect(passed).toBeGreaterThan(50)
  }, 60_000)
})

describe('the comparison', () => {
  it('takes the innermost named limit, then abs, then rel', () => {
    const wrong = (found: unknown, expected: unknown, tolerance: Record<string, number>): number => differences(found, expected, tolerance).length
    expect(wrong({ a: { b: 1.4 } }, { a: { b: 1 } }, { abs: 0.1, abs_a: 0.5 })).toBe(0)
    expect(wrong({ a: { b: 1.4 } }, { a: { b: 1 } }, { abs: 9, abs_a: 9, abs_b: 0.3 })).toBe(1)
    expect(wrong([101, 1], [100, 1], { rel: 0.01 })).toBe(0)
    expect(wrong([101.1, 1], [100, 1], { rel: 0.01 })).toBe(1)
    expect(wrong(1.0001, 1, {})).toBe(1)
  })

  it('wants lists of one length, equal words, and lets further fields be', () => {
    expect(differences({ a: [1, 2], more: 1 }, { a: [1] }, {})).toEqual(['.a: got [1,2], wanted 1 elements'])
    expect(differences({ a: 'x', more: 1 }, { a: 'x' }, {})).toEqual([])
    expect(differences({ a: null }, { a: 0 }, { abs: 1 })).toEqual(['.a: got null, wanted 0 ± 1'])
    expect(differences({ a: 0 }, { a: null }, { abs: 1 })).toEqual(['.a: got 0, wanted null'])
    expect(differences({ a: Number.NaN }, { a: 1 }, { abs: 9 })).toHaveLength(1)
    expect(differences({}, { a: true }, {})).toHaveLength(1)
    expect(differences(undefined, { a: true }, {})).toHaveLength(1)
  })
})
