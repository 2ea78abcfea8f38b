import { fileURLToPath } from 'node:url'
import { codeOf } from '@omokit/core'
import type { Ports } from '@omokit/core'
import { createAlipayLayer, createWechatLayer } from '@omokit/core/testing/layers'
import type { Layer, LayerOptions } from '@omokit/core/testing/layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../../../scripts/engines/bundle'

const hosts = ['wechat', 'alipay'] as const
const code: Record<string, string> = {}
beforeAll(async () => {
  for (const name of hosts) code[name] = await bundle({ file: fileURLToPath(new URL(`../src/${name}/index.ts`, import.meta.url)) })
})

type Create = (options: { brand: string }) => Ports
const portsIn = (layer: Layer, host: (typeof hosts)[number]): Ports => {
  const adapter = layer.load(code[host] as string) as Record<string, Create>
  return (adapter[host === 'wechat' ? 'createWechatPorts' : 'createAlipayPorts'] as Create)({ brand: 'demo' })
}
const open = (host: (typeof hosts)[number], options: LayerOptions = {}): Layer => (host === 'wechat' ? createWechatLayer : createAlipayLayer)(options)
const numbers = async (ports: Ports): Promise<number[]> => (await ports.log.open('s').read(1, 1e6, 1e9)).map(({ seq }) => seq)
const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1)
const text = (n: number): string => `${n} `.padEnd(5_000, '满')

describe.each(hosts)('storage of %s', (host) => {
  it('takes one write for an append, and has it when the call returns', async () => {
    const layer = open(host)
    const log = portsIn(layer, host).log.open('s')
    for (let n = 1; n <= 20; n++) {
      const before = layer.storage.writes
      void log.append(n, [text(n)])
      expect(layer.storage.writes).toBe(before + 1)
    }
    layer.kill()
    expect(await numbers(portsIn(layer.relaunch(), host))).toEqual(upTo(20))
  })

  it('keeps a prefix, whole and in order, whichever write the kill falls into', async () => {
    const seen = new Set<number>()
    for (let write = 1; write <= 14; write++) {
      for (const when of ['before', 'after'] as const) {
        const layer = open(host, { killAtWrite: { write, when } })
        const log = portsIn(layer, host).log.open('s')
        let returned = 0
        for (let n = 1; n <= 60 && layer.alive; n += 12) {
          // twelve records of 5,000 characters take several segments
          const texts = upTo(12).map((i) => text(n + i - 1))
          void log.append(n, texts).catch(() => undefined)
          if (layer.alive) returned = n + 11
        }
        const ports = portsIn(layer.relaunch(), host)
        const left = await numbers(ports)
        expect(left).toEqual(upTo(left.length))
        expect(left.length).toBeGreaterThanOrEqual(returned)
        expect((await ports.log.open('s').read(1, 1e6, 1e9)).every((record) => record.text === text(record.seq))).toBe(true)
        await ports.log.open('s').append(left.length + 1, ['next'])
        expect(await numbers(ports)).toEqual(upTo(left.length + 1))
        seen.add(left.length)
      }
    }
    expect(seen.size).toBeGreaterThan(3)
  })

  it('drops in pieces: a kill in the middle leaves what was to stay', async () => {
    for (let write = 1; write <= 6; write++) {
      const layer = open(host)
      await portsIn(layer, host).log.open('s').append(1, upTo(60).map(text))
      const killed = layer.relaunch({ killAtWrite: { write, when: write % 2 ? 'before' : 'after' } })
      await portsIn(killed, host)
        .log.open('s')
        .drop(50, [7])
        .catch(() => undefined)
      const ports = portsIn(killed.relaunch(), host)
      const left = await numbers(ports)
      expect(left).toEqual(expect.arrayContaining([7, ...upTo(60).slice(50)]))
      await ports.log.open('s').drop(50, [7])
      expect(await numbers(ports)).toEqual([7, ...upTo(60).slice(50)])
    }
  })

  it('has a long value whole, old or new, whichever write the kill falls into, and cleans up behind', async () => {
    const [old, fresh] = ['旧'.repeat(400_000), '新'.repeat(500_000)]
    const outcomes = new Set<string>()
    for (let write = 1; write <= 9; write++) {
      const layer = open(host)
      await portsIn(layer, host).kv.set('k', old)
      const killed = layer.relaunch({ killAtWrite: { write, when: write % 2 ? 'after' : 'before' } })
      await portsIn(killed, host)
        .kv.set('k', fresh)
        .catch(() => undefined)
      const ports = portsIn(killed.relaunch(), host)
      const found = (await ports.kv.get('k')) as string
      expect([old, fresh]).toContain(found)
      outcomes.add(found.charAt(0))
      expect(await ports.kv.keys('')).toEqual(['k'])
      await ports.kv.set('k', 'short')
      expect(layer.storage.entries.size).toBe(1)
    }
    expect(outcomes.size).toBe(2)
  })

  it('says quota when the mini-program has taken the rest, keeps what was there, and goes on when there is room', async () => {
    const layer = open(host, { taken: 10_300_000 })
    const ports = portsIn(layer, host)
    const log = ports.log.open('s')
    let n = 0
    let refused: unknown
    while (!refused && n < 100)
      await log.append(n + 1, [text(n + 1)]).then(
        () => n++,
        (error) => (refused = error),
      )
    expect(codeOf(refused)).toBe('quota')
    expect(n).toBeGreaterThan(3)
    expect(layer.storage.used()).toBeLessThanOrEqual(10_485_760)
    expect(await numbers(ports)).toEqual(upTo(n))
    await log.drop(n - 1)
    await log.append(n + 1, ['again'])
    expect(await numbers(portsIn(layer.relaunch(), host))).toEqual([n, n + 1])
  })

  it('never writes more to a key than the host takes', async () => {
    const layer = open(host)
    const ports = portsIn(layer, host)
    await ports.kv.set('k', '字'.repeat(1_000_000))
    await ports.log.open('s').append(
      1,
      upTo(30).map(() => '字'.repeat(50_000)),
    )
    for (const value of layer.storage.entries.values()) {
      expect(value.length).toBeLessThanOrEqual(200 * 1024)
      expect(Buffer.byteLength(value)).toBeLessThanOrEqual(1_048_576)
    }
    expect(
      codeOf(
        await ports.log
          .open('s')
          .append(31, ['x'.repeat(190_000)])
          .catch((error: unknown) => error),
      ),
    ).toBe('quota')
  })
})
