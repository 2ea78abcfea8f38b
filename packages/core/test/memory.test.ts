import { describe, expect, it } from 'vitest'
import { codeOf } from '@omokit/core'
import { createManualClock, createMemoryDevice, createMemoryPorts } from '@omokit/core/memory'

const never = Symbol('never')
const soon = <T>(promise: Promise<T>): Promise<T | typeof never> => Promise.race([promise, new Promise<typeof never>((r) => setTimeout(() => r(never), 5))])
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'resolved', codeOf)

describe('memory storage', () => {
  it('outlives the ports on it', async () => {
    const device = createMemoryDevice()
    const first = createMemoryPorts({ brand: 'b', device })
    await first.kv.set('a', '1')
    await first.log.open('s').append(1, ['x', 'y'])
    first.host.kill()
    const second = createMemoryPorts({ brand: 'b', device })
    expect(await second.kv.get('a')).toBe('1')
    expect(await second.log.open('s').read(1, 10, 100)).toEqual([
      { seq: 1, text: 'x' },
      { seq: 2, text: 'y' },
    ])
    expect(await second.log.list()).toEqual(['s'])
  })

  it('keeps brands and instances apart', async () => {
    const device = createMemoryDevice()
    const one = createMemoryPorts({ brand: 'a:b', instance: 'c', device })
    const other = createMemoryPorts({ brand: 'a', instance: 'b:c', device })
    await one.kv.set('k', '1')
    await one.log.open('s').append(1, ['x'])
    expect(await other.kv.get('k')).toBeNull()
    expect(await other.kv.keys('')).toEqual([])
    expect(await other.log.list()).toEqual([])
  })

  it('refuses what does not fit and leaves the old value', async () => {
    const ports = createMemoryPorts({ brand: 'b', device: createMemoryDevice({ quota: 40 }) })
    await ports.kv.set('a', '1')
    expect(await failure(ports.kv.set('a', 'x'.repeat(40)))).toBe('quota')
    expect(await failure(ports.log.open('s').append(1, ['x'.repeat(40)]))).toBe('quota')
    expect(await ports.kv.get('a')).toBe('1')
    expect((await ports.log.open('s').stats()).count).toBe(0)
  })

  it('never takes a number twice, not even after a drop', async () => {
    const log = createMemoryPorts({ brand: 'b' }).log.open('s')
    await log.append(1, ['a', 'b', 'c'])
    await log.append(10, ['d'])
    await log.drop(10, [2])
    expect(await log.read(1, 9, 99)).toEqual([{ seq: 2, text: 'b' }])
    expect(await failure(log.append(10, ['again']))).toBe('stream-fork')
    await log.append(11, ['e'])
    expect(await log.stats()).toEqual({ count: 2, bytes: 2, first: 2, last: 11 })
  })

  it('reads by count and by size, always at least one', async () => {
    const log = createMemoryPorts({ brand: 'b' }).log.open('s')
    await log.append(1, ['aaaa', 'bbbb', 'cccc'])
    expect((await log.read(1, 10, 1)).map((r) => r.seq)).toEqual([1])
    expect((await log.read(1, 10, 8)).map((r) => r.seq)).toEqual([1, 2])
    expect((await log.read(2, 1, 99)).map((r) => r.seq)).toEqual([2])
  })

  it('can be cloned, as a restored backup is', async () => {
    const device = createMemoryDevice()
    const ports = createMemoryPorts({ brand: 'b', device })
    await ports.log.open('s').append(1, ['a'])
    const twin = createMemoryPorts({ brand: 'b', device: device.clone() })
    await ports.log.open('s').append(2, ['b'])
    expect((await twin.log.open('s').stats()).last).toBe(1)
  })
})

describe('killing a context', () => {
  it('settles nothing afterwards and does nothing more', async () => {
    const device = createMemoryDevice()
    const ports = createMemoryPorts({ brand: 'b', device })
    const pending = ports.kv.set('a', '1')
    ports.host.kill()
    expect(await soon(pending)).toBe(never)
    expect(await soon(ports.kv.set('b', '2'))).toBe(never)
    expect([...device.kv.values()]).toEqual(['1'])
  })

  it('frees its locks for the next in line', async () => {
    const device = createMemoryDevice()
    const one = createMemoryPorts({ brand: 'b', device })
    const two = createMemoryPorts({ brand: 'b', device })
    void one.locks.hold('l', () => new Promise(() => undefined))
    await Promise.resolve()
    expect(await two.locks.ifFree('l', async () => 1)).toBeUndefined()
    const waiting = two.locks.hold('l', async (lost) => lost())
    one.host.kill()
    expect(await waiting).toBe(false)
  })

  it('ends every context when the device goes down', async () => {
    const device = createMemoryDevice()
    const tabs = [createMemoryPorts({ brand: 'b', device }), createMemoryPorts({ brand: 'b', device })]
    device.kill()
    expect(tabs.map((tab) => tab.host.alive)).toEqual([false, false])
  })

  it('runs no timer and no listener', async () => {
    const clock = createManualClock()
    const ports = createMemoryPorts({ brand: 'b', time: clock.time, timer: clock.timer })
    const heard: string[] = []
    ports.timer.after(10, () => heard.push('timer'))
    ports.life.onHide(() => heard.push('hide'))
    ports.host.kill()
    ports.host.hide()
    await clock.advance(20)
    expect(heard).toEqual([])
  })
})

describe('memory locks', () => {
  it('tell a holder that its lock was stolen', async () => {
    const device = createMemoryDevice()
    const one = createMemoryPorts({ brand: 'b', device })
    const two = createMemoryPorts({ brand: 'b', device })
    let look: () => boolean = () => false
    let done: () => void = () => undefined
    const holding = one.locks.hold('l', (lost) => {
      look = lost
      return new Promise<void>((resolve) => (done = resolve))
    })
    await Promise.resolve()
    expect(look()).toBe(false)
    const stolen = two.locks.steal('l', async (lost) => [look(), lost()])
    expect(await stolen).toEqual([true, false])
    done()
    await holding
    expect(await one.locks.ifFree('l', async () => 'free')).toBe('free')
  })

  it('are released when the work throws', async () => {
    const ports = createMemoryPorts({ brand: 'b' })
    await expect(
      ports.locks.hold('l', async () => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await ports.locks.ifFree('l', async () => 1)).toBe(1)
  })
})

describe('memory network', () => {
  it('takes anything shaped like fetch and resolves on every status', async () => {
    const ports = createMemoryPorts({
      brand: 'b',
      net: (url, init) => new Response(`${init.method} ${url} ${init.body}`, { status: 500, headers: { 'X-A': '1' } }),
    })
    const answer = await ports.net.send({ url: 'http://h/x', method: 'POST', body: 'hi' })
    expect(answer).toMatchObject({ status: 500, text: 'POST http://h/x hi', headers: { 'x-a': '1' } })
  })

  it('answers unavailable without a server, offline, or when the server breaks', async () => {
    const bare = createMemoryPorts({ brand: 'b' })
    expect(await failure(bare.net.send({ url: 'http://h', method: 'GET' }))).toBe('unavailable')
    const ports = createMemoryPorts({ brand: 'b', net: () => new Response('ok') })
    const seen: boolean[] = []
    ports.life.onOnline((online) => seen.push(online))
    ports.host.online(false)
    expect(await failure(ports.net.send({ url: 'http://h', method: 'GET' }))).toBe('unavailable')
    ports.host.online(true)
    expect((await ports.net.send({ url: 'http://h', method: 'GET' })).text).toBe('ok')
    expect(seen).toEqual([false, true])
    const broken = createMemoryPorts({
      brand: 'b',
      net: () => {
        throw new TypeError('reset')
      },
    })
    expect(await failure(broken.net.send({ url: 'http://h', method: 'GET' }))).toBe('unavailable')
  })

  it('gives up after the time the caller allows', async () => {
    const clock = createManualClock()
    const ports = createMemoryPorts({ brand: 'b', time: clock.time, timer: clock.timer, net: () => new Promise(() => undefined) })
    const answer = failure(ports.net.send({ url: 'http://h', method: 'GET', timeoutMs: 500 }))
    await clock.advance(499)
    expect(await soon(answer)).toBe(never)
    await clock.advance(1)
    expect(await answer).toBe('timeout')
  })
})

describe('a manual clock', () => {
  it('runs what falls due in order and awaits what it sets off', async () => {
    const clock = createManualClock(1000)
    const seen: [string, number][] = []
    clock.timer.after(20, () => seen.push(['b', clock.time.now()]))
    clock.timer.after(10, () => {
      seen.push(['a', clock.time.now()])
      void Promise.resolve().then(() => clock.timer.after(5, () => seen.push(['c', clock.time.now()])))
    })
    clock.timer.after(10, () => seen.push(['never', 0]))()
    await clock.advance(30)
    expect(seen).toEqual([
      ['a', 1010],
      ['c', 1015],
      ['b', 1020],
    ])
    expect(clock.time.now()).toBe(1030)
    expect(clock.waiting).toBe(0)
  })

  it('moves wall and monotonic time apart', async () => {
    const clock = createManualClock(1000)
    await clock.advance(10)
    clock.setWall(5)
    expect([clock.time.now(), clock.time.mono()]).toEqual([5, 10])
    clock.reboot()
    await clock.advance(1)
    expect([clock.time.now(), clock.time.mono()]).toEqual([6, 1])
  })
})
