import type { Log, LogRecord } from '../../ports'
import { claim, hostile, noise, rejects, same } from './claim'
import type { ContractCase } from './harness'

const all = (log: Log): Promise<readonly LogRecord[]> => log.read(0, 1_000_000, 1_000_000_000)
const seqs = async (log: Log): Promise<number[]> => (await all(log)).map(({ seq }) => seq)

/** Contract of the `log` port. */
export const logContract: readonly ContractCase[] = [
  {
    name: 'an empty log reads as empty, and opening or listing writes nothing',
    async run({ open }) {
      const ports = open()
      const log = ports.log.open('s')
      same(await all(log), [], 'records')
      same(await log.stats(), { count: 0, bytes: 0, first: 0, last: 0 }, 'stats')
      same(await ports.log.list(), [], 'streams')
      await log.drop(10)
    },
  },
  {
    name: 'records come back exactly, in order, under their numbers',
    async run({ open, restart }) {
      const texts = ['{"seq":1}', '', '再买 12.00 元', '😀 \ud800', 'two\nlines\r\n', '-5;', '@"x";', '3,1=a;', '\u0000', 'x'.repeat(70_000)]
      const log = open().log.open('s')
      await log.append(1, texts)
      const expected = texts.map((text, i) => ({ seq: i + 1, text }))
      same(await all(log), expected, 'same context')
      same(await all(open().log.open('s')), expected, 'another context')
      same(await all((await restart()).log.open('s')), expected, 'after restart')
    },
  },
  {
    name: 'numbers may leave gaps',
    async run({ open }) {
      const log = open().log.open('s')
      await log.append(3, ['a', 'b'])
      await log.append(1000, ['c'])
      same(await seqs(log), [3, 4, 1000], 'numbers')
    },
  },
  {
    name: 'a number is never used twice: not again, not below, not after a drop, not after a restart',
    async run({ open, restart }) {
      const log = open().log.open('s')
      await log.append(5, ['a', 'b'])
      for (const first of [6, 5, 4, 1]) await rejects(log.append(first, ['x']), 'stream-fork', `append(${first}) above 6`)
      const late = (await restart()).log.open('s')
      await rejects(late.append(6, ['x']), 'stream-fork', 'append(6) after restart')
      await late.drop(6)
      await rejects(late.append(6, ['x']), 'stream-fork', 'append(6) after drop')
      const later = (await restart()).log.open('s')
      await rejects(later.append(3, ['x']), 'stream-fork', 'append(3) after drop and restart')
      await later.append(7, ['c'])
      same(await all(later), [{ seq: 7, text: 'c' }], 'records')
    },
  },
  {
    name: 'a refused call stores nothing and hinders none',
    async run({ open }) {
      const log = open().log.open('s')
      await log.append(1, ['a', 'b'])
      const outcomes = await Promise.all([
        log.append(3, ['c']).then(() => 'stored'),
        log.append(3, ['X', 'Y']).then(
          () => 'stored',
          () => 'refused',
        ),
        log.append(4, ['d']).then(() => 'stored'),
      ])
      same(outcomes, ['stored', 'refused', 'stored'], 'outcomes')
      same((await all(log)).map(({ text }) => text).join(''), 'abcd', 'texts')
    },
  },
  {
    name: 'overlapping calls are stored in call order, each as a whole',
    async run({ open, restart }) {
      const log = open().log.open('s')
      const calls: Promise<void>[] = []
      for (let i = 0; i < 300; i += 3) calls.push(log.append(i + 1, [`${i}`, `${i + 1}`, `${i + 2}`]))
      await Promise.all(calls)
      const records = await all((await restart()).log.open('s'))
      same(records.length, 300, 'count')
      records.forEach(({ seq, text }, i) => claim(seq === i + 1 && text === String(i), `record ${i + 1}`))
    },
  },
  {
    name: 'reads from a number, at most so many, at most so much text, but always one',
    async run({ open }) {
      const log = open().log.open('s')
      await log.append(
        1,
        Array.from({ length: 50 }, (_, i) => String(i).padStart(100, '0')),
      )
      same(
        (await log.read(10, 5, 1e9)).map(({ seq }) => seq),
        [10, 11, 12, 13, 14],
        'by count',
      )
      same(
        (await log.read(10, 50, 350)).map(({ seq }) => seq),
        [10, 11, 12],
        'by size',
      )
      same(
        (await log.read(10, 50, 1)).map(({ seq }) => seq),
        [10],
        'at least one',
      )
      same(
        (await log.read(49, 50, 1e9)).map(({ seq }) => seq),
        [49, 50],
        'the end',
      )
      same(await log.read(51, 50, 1e9), [], 'beyond the end')
      same(await log.read(1, 0, 1e9), [], 'none asked for')
      same(
        (await log.read(-5, 2, 1e9)).map(({ seq }) => seq),
        [1, 2],
        'from below the first',
      )
    },
  },
  {
    name: 'reads thousands of records',
    async run({ open, restart }) {
      const log = open().log.open('s')
      await log.append(
        1,
        Array.from({ length: 2_500 }, (_, i) => `record ${i + 1}`),
      )
      const records = await all((await restart()).log.open('s'))
      same(records.length, 2_500, 'count')
      claim(
        records.every(({ seq, text }, i) => seq === i + 1 && text === `record ${seq}`),
        'each in its place',
      )
    },
  },
  {
    name: 'drop removes up to a number but for the excepted, for good, and may be repeated',
    async run({ open, restart }) {
      const log = open().log.open('s')
      await log.append(1, ['a', 'b', 'c', 'd', 'e', 'f'])
      await log.drop(4, [2, 4])
      same(await seqs(log), [2, 4, 5, 6], 'after the first')
      await log.drop(4, [2, 4])
      same(await seqs(log), [2, 4, 5, 6], 'again')
      await log.drop(4, [2, 5])
      same(await seqs((await restart()).log.open('s')), [2, 5, 6], 'after restart')
    },
  },
  {
    name: 'drop beyond the end does not reach numbers still to come',
    async run({ open, restart }) {
      const log = open().log.open('s')
      await log.append(1, ['a'])
      await log.drop(100)
      await log.append(2, ['b'])
      same(await seqs(log), [2], 'numbers')
      same(await seqs((await restart()).log.open('s')), [2], 'after restart')
    },
  },
  {
    name: 'drop takes effect after the appends before it',
    async run({ open }) {
      const log = open().log.open('s')
      await Promise.all([log.append(1, ['a', 'b']), log.drop(1), log.append(3, ['c'])])
      same(await seqs(log), [2, 3], 'numbers')
    },
  },
  {
    name: 'stats count what is held now',
    async run({ open, restart }) {
      const log = open().log.open('s')
      await log.append(2, ['aa', '中中中'])
      await log.append(9, ['😀'])
      same(await log.stats(), { count: 3, bytes: 7, first: 2, last: 9 }, 'stats')
      await log.drop(3, [2])
      same(await (await restart()).log.open('s').stats(), { count: 2, bytes: 4, first: 2, last: 9 }, 'after drop')
    },
  },
  {
    name: 'lists the streams that hold records, whatever their names',
    async run({ open, restart }) {
      const ports = open()
      for (const stream of hostile) await ports.log.open(stream).append(1, [`of ${stream}`])
      await ports.log.open('empty').append(1, ['x'])
      await ports.log.open('empty').drop(1)
      for (const next of [() => ports, restart]) {
        const each = await next()
        same(await each.log.list(), hostile.slice().sort(), 'streams')
        for (const stream of hostile) same(await all(each.log.open(stream)), [{ seq: 1, text: `of ${stream}` }], `stream ${JSON.stringify(stream)}`)
      }
    },
  },
  {
    name: 'another context sees what is stored and may drop it',
    async run({ open }) {
      const [owner, leader] = [open().log.open('s'), open().log.open('s')]
      same(await seqs(leader), [], 'before')
      await owner.append(1, ['a', 'b', 'c'])
      same(await seqs(leader), [1, 2, 3], 'the other context')
      await leader.drop(2)
      same(await seqs(owner), [3], 'the owner')
      await owner.append(4, ['d'])
      same(await seqs(leader), [3, 4], 'and on')
    },
  },
  {
    name: 'a stream begun at once keeps records and notes over a restart, and nothing once it is forgotten',
    async run({ open, restart }) {
      const first = open().log
      if (!first.begin) return
      const id = first.begin()
      claim(first.begin() !== id, 'two names differ')
      const log = first.open(id)
      claim(log.reserve && log.forget, 'reserve and forget go with begin')
      log.reserve?.(100)
      await Promise.all([log.append(1, ['a', 'b']), log.append(3, ['c'])])
      const again = (await restart()).log
      same(await again.open(id).stats(), { count: 3, bytes: 3, first: 1, last: 3, reserved: 100, exact: false }, 'noted ahead')
      again.open(id).reserve?.(3, true)
      await again.open(id).drop(3)
      const third = (await restart()).log
      same(await third.open(id).stats(), { count: 0, bytes: 0, first: 0, last: 0, reserved: 3, exact: true }, 'noted exactly')
      same(await third.list(), [id], 'a note alone is listed')
      await third.open(id).forget?.()
      const last = (await restart()).log
      same([await last.list(), await last.open(id).stats()], [[], { count: 0, bytes: 0, first: 0, last: 0 }], 'forgotten')
    },
  },
  {
    name: 'a full store refuses as quota, keeps what was there and takes the same number when there is room',
    async run({ open, fill, restart }) {
      if (!fill) return
      const ports = open()
      const log = ports.log.open('s')
      await log.append(1, ['a'])
      const room = await fill(ports)
      await rejects(
        log.append(
          2,
          Array.from({ length: 100 }, () => noise(50_000)),
        ),
        'quota',
        'full',
      )
      same(await seqs(log), [1], 'numbers')
      await room()
      await log.append(2, ['b'])
      same(
        await all((await restart()).log.open('s')),
        [
          { seq: 1, text: 'a' },
          { seq: 2, text: 'b' },
        ],
        'after restart',
      )
    },
  },
  {
    name: 'brands and instances never meet',
    async run({ open }) {
      const names = [
        ['one', 'main'],
        ['one', 'b'],
        ['one:b', 'main'],
        ['one', 'main:b'],
        ['ONE', 'main'],
      ] as const
      const all = names.map(([brand, instance]) => open({ brand, instance }).log)
      for (const [i, log] of all.entries()) await log.open('s').append(1, [String(i)])
      for (const [i, log] of all.entries()) {
        same(await log.open('s').read(1, 9, 99), [{ seq: 1, text: String(i) }], `records of ${names[i]?.join(' / ')}`)
        same(await log.list(), ['s'], `streams of ${names[i]?.join(' / ')}`)
      }
    },
  },
]
