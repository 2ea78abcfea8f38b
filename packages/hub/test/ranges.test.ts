import fc from 'fast-check'
import { expect, test } from 'vitest'
import { brokenLinks, type Link } from '../src/facts/chain'
import { correctedTime } from '../src/facts/corrected-time'
import { allSettled, gapsUpTo, highest, isSettled, type Settled, settle } from '../src/facts/ranges'
import { noon } from './support/world'

const ranges = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 5 })).map(([from, more]) => [from, from + more] as const),
  { maxLength: 30 },
)

test('the watermark, the ranges and the gaps say the same as a plain set of numbers', () => {
  fc.assert(
    fc.property(ranges, fc.integer({ min: 0, max: 70 }), (list, head) => {
      const set = new Set<number>()
      let settled: Settled = { through: 0, above: [] }
      for (const [from, to] of list) {
        settled = settle(settled, from, to)
        for (let n = from; n <= to; n++) set.add(n)
      }
      let through = 0
      while (set.has(through + 1)) through++
      expect(settled.through).toBe(through)
      expect(highest(settled)).toBe(Math.max(0, ...set))
      for (let n = 1; n <= 70; n++) expect(isSettled(settled, n)).toBe(set.has(n))
      const missing = gapsUpTo(settled, head).flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i))
      expect(missing).toEqual(Array.from({ length: head }, (_, i) => i + 1).filter((n) => !set.has(n)))
      for (const [from, to] of list) expect(allSettled(settled, from, to)).toBe(true)
      for (let i = 1; i < settled.above.length; i++) expect((settled.above[i]?.[0] as number) - (settled.above[i - 1]?.[1] as number)).toBeGreaterThan(1)
      expect(settled.above[0] === undefined || settled.above[0][0] > through + 1).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('the order in which numbers are settled does not matter', () => {
  fc.assert(
    fc.property(ranges, ranges, (a, b) => {
      const run = (list: readonly (readonly [number, number])[]): Settled =>
        list.reduce<Settled>((settled, [from, to]) => settle(settled, from, to), { through: 0, above: [] })
      expect(run([...a, ...b])).toEqual(run([...b, ...a, ...a]))
    }),
    { numRuns: 300 },
  )
})

test('a link is judged only where the record before it is known', () => {
  const link = (seq: number, prev: string): Link => ({ seq, hash: `h${seq}`, prev })
  const all: Settled = { through: 9, above: [] }
  expect(brokenLinks([link(1, ''), link(2, 'h1'), link(3, 'h2')], new Set([1, 2, 3]), all)).toEqual([])
  expect(brokenLinks([link(1, 'x'), link(2, 'h1'), link(3, 'x')], new Set([1, 2, 3]), all)).toEqual([1, 3])
  // what stood before the batch is not judged again
  expect(brokenLinks([link(1, 'x'), link(2, 'h1')], new Set([2]), all)).toEqual([])
  // 2 has not come yet
  expect(brokenLinks([link(1, ''), link(3, 'h2')], new Set([3]), { through: 1, above: [[3, 3]] })).toEqual([])
  // 2 was stated lost: then 3 follows 1
  expect(brokenLinks([link(1, ''), link(3, 'h2')], new Set([3]), { through: 3, above: [] })).toEqual([3])
})

test('time is corrected by what the device knew, else by the clocks at sending, and never lies after receipt', () => {
  const at = (device: number, offset?: number) => ({
    seq: 1,
    kind: 'x:a',
    at: device,
    tz: 0,
    mono: 0,
    src: 'device' as const,
    body: {},
    ...(offset === undefined ? {} : { offset }),
  })
  expect(correctedTime(at(noon - 5000), noon, noon)).toEqual({ corrected: noon - 5000, far: false })
  expect(correctedTime(at(noon - 5000, 2000), noon, noon)).toEqual({ corrected: noon - 3000, far: false })
  // two minutes of transit are no skew, two hours are
  expect(correctedTime(at(noon - 5000), noon - 120_000, noon)).toEqual({ corrected: noon - 5000, far: false })
  expect(correctedTime(at(noon - 7_205_000), noon - 7_200_000, noon)).toEqual({ corrected: noon - 5000, far: false })
  expect(correctedTime(at(noon + 9000, 0), noon, noon).corrected).toBe(noon)
  expect(correctedTime(at(0), noon, noon)).toEqual({ corrected: null, far: true })
})
