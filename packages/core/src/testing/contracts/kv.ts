import { codeOf } from '../../issues'
import { claim, hostile, noise, rejects, same } from './claim'
import type { ContractCase } from './harness'

/** Contract of the `kv` port. */
export const kvContract: readonly ContractCase[] = [
  {
    name: 'an absent key reads as null, and so does a deleted one',
    async run({ open }) {
      const { kv } = open()
      same(await kv.get('none'), null, 'absent')
      await kv.set('gone', '1')
      await kv.del('gone')
      await kv.del('gone')
      same(await kv.get('gone'), null, 'deleted')
    },
  },
  {
    name: 'keeps any text exactly',
    async run({ open }) {
      const { kv } = open()
      for (const text of ['', 'a', '再买 12.00 元', '😀', 'lone \ud800 surrogate', '\u0000\n\r\u2028"\\', '{"a":1}', 'x'.repeat(100_000)]) {
        await kv.set('text', text)
        claim((await kv.get('text')) === text, `round trip of ${JSON.stringify(text).slice(0, 40)}`)
      }
    },
  },
  {
    name: 'keeps hostile keys apart',
    async run({ open, restart }) {
      const { kv } = open()
      for (const key of hostile) await kv.set(key, `value of ${key}`)
      for (const next of [open, restart]) {
        const ports = await next()
        for (const key of hostile) same(await ports.kv.get(key), `value of ${key}`, `key ${JSON.stringify(key)}`)
        same(await ports.kv.keys(''), hostile.slice().sort(), 'all keys')
      }
    },
  },
  {
    name: 'lists keys by prefix in code-unit order, without the prefix of the adapter',
    async run({ open }) {
      const { kv } = open()
      for (const key of ['b', 'a2', 'a10', 'a', 'B', 'ab', 'ä', 'a中']) await kv.set(key, '')
      same(await kv.keys('a'), ['a', 'a10', 'a2', 'ab', 'a中'], 'prefix a')
      same(await kv.keys(''), ['B', 'a', 'a10', 'a2', 'ab', 'a中', 'b', 'ä'], 'all')
      same(await kv.keys('zz'), [], 'none')
    },
  },
  {
    name: 'the last of several writes to one key wins',
    async run({ open }) {
      const { kv } = open()
      await Promise.all(Array.from({ length: 20 }, (_, i) => kv.set('k', String(i))))
      same(await kv.get('k'), '19', 'after overlapping writes')
    },
  },
  {
    name: 'what was set survives a restart',
    async run({ open, restart }) {
      await open().kv.set('k', 'v')
      same(await (await restart()).kv.get('k'), 'v', 'after restart')
    },
  },
  {
    name: 'a value over the limit is refused as quota and leaves the old one',
    async run({ open }) {
      const { kv } = open()
      await kv.set('k', 'old')
      await rejects(kv.set('k', 'x'.repeat(kv.limits.perKey + 1)), 'quota', 'over perKey')
      same(await kv.get('k'), 'old', 'value after a refused write')
    },
  },
  {
    name: 'a full store refuses as quota, leaves the old value and takes writes again when there is room',
    async run({ open, fill }) {
      if (!fill) return
      const ports = open()
      await ports.kv.set('k', 'old')
      const room = await fill(ports)
      let i = 0
      for (let full = false; !full && i < 200; i++) {
        full = await ports.kv.set(`k${i}`, noise(50_000)).then(
          () => false,
          (error) => {
            same(codeOf(error), 'quota', 'code of a full store')
            return true
          },
        )
      }
      claim(i < 200, 'a store that is full says so')
      same(await ports.kv.get('k'), 'old', 'the value of before')
      same(await ports.kv.get(`k${i - 1}`), null, 'the refused value')
      await room()
      await ports.kv.set('k', 'new')
      same(await ports.kv.get('k'), 'new', 'value after there was room')
    },
  },
  {
    name: 'brands and instances never meet',
    async run({ open }) {
      const names = [
        ['one', 'main'],
        ['one', 'b'],
        ['one:b', 'main'],
        ['one%3Ab', 'main'],
        ['one', 'main:b'],
        ['ONE', 'main'],
        ['../one', 'main'],
        ['一', 'main'],
      ] as const
      const all = names.map(([brand, instance]) => open({ brand, instance }))
      for (const [i, { kv }] of all.entries()) await kv.set('k', String(i))
      for (const [i, { kv }] of all.entries()) {
        same(await kv.get('k'), String(i), `value of ${names[i]?.join(' / ')}`)
        same(await kv.keys(''), ['k'], `keys of ${names[i]?.join(' / ')}`)
      }
    },
  },
]
