import { describe, expect, it } from 'vitest'
import { codeOf } from '@omokit/core'
import { createRandom, createWorld, noFaults, WorldError } from '@omokit/core/testing'
import type { World, WorldContext } from '@omokit/core/testing'

const echo = () => ({ status: 200, headers: new Map<string, string>(), text: () => Promise.resolve('ok') })

/** A program that uses every port, over and over. */
function busy(world: World): (context: WorldContext) => Promise<void> {
  return async ({ ports, sleep }) => {
    for (let i = 0; i < 30; i++) {
      try {
        await ports.kv.set('k', String(i))
        const log = ports.log.open('s')
        await ports.locks.hold('l', async () => {
          const { last } = await log.stats()
          await log.append(Math.max(last, Number(await ports.kv.get('top'))) + 1, ['a', 'b'])
          await ports.kv.set('top', String((await log.stats()).last))
        })
        await ports.net.send({ url: 'http://hub/x', method: 'POST', body: String((await ports.entropy.fill(4))[0]) })
      } catch (error) {
        if (!codeOf(error)) world.fail('I5', String(error))
      }
      await sleep(world.random.below(3000))
    }
  }
}

async function runBusy(seed: number): Promise<string> {
  const world = createWorld({ seed })
  world.server('http://hub', () => echo)
  world.device('phone', { brand: 'b', tabs: 3, boot: busy(world) })
  world.device('till', { brand: 'b', boot: busy(world) })
  await world.run(120_000)
  world.heal()
  await world.run(60_000)
  return world.traceHash()
}

describe('a world', () => {
  it('runs the same for the same seed, line by line, and otherwise for another', async () => {
    const hashes: string[] = []
    for (let seed = 1; seed <= 12; seed++) {
      const hash = await runBusy(seed)
      expect(await runBusy(seed)).toBe(hash)
      hashes.push(hash)
    }
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('lets a day pass in next to no time, in order', async () => {
    const world = createWorld({ seed: 1, faults: 'none' })
    const seen: number[] = []
    world.device('d', {
      brand: 'b',
      async boot({ ports, sleep }) {
        for (let hour = 0; hour < 24; hour++) {
          await sleep(3_600_000)
          seen.push(Math.round((ports.time.now() - Date.UTC(2026, 5, 1)) / 3_600_000))
        }
      },
    })
    const began = performance.now()
    await world.run(25 * 3_600_000)
    expect(seen).toEqual(Array.from({ length: 24 }, (_, i) => i + 1))
    expect(performance.now() - began).toBeLessThan(2000)
  })

  it('waits for the real work of a server before time goes on', async () => {
    const world = createWorld({ seed: 1, faults: 'none' })
    let answered = -1
    world.server('http://hub', () => async () => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return echo()
    })
    world.device('d', {
      brand: 'b',
      async boot({ ports }) {
        await ports.net.send({ url: 'http://hub/x', method: 'GET', timeoutMs: 1000 })
        answered = world.now() - Date.UTC(2026, 5, 1)
      },
    })
    await world.run(10_000)
    expect(answered).toBeGreaterThan(0)
    expect(answered).toBeLessThan(1000)
  })

  it('tells the seed, the broken promise and the last lines of the trace', async () => {
    const world = createWorld({ seed: 77, faults: 'none' })
    world.device('d', {
      brand: 'b',
      async boot({ ports }) {
        await ports.kv.set('colour', 'red')
        throw new TypeError('not expected')
      },
    })
    const error = await world.run(1000).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(WorldError)
    expect((error as WorldError).invariant).toBe('I5')
    expect((error as WorldError).message).toMatch(/seed 77[\s\S]*not expected[\s\S]*kv\.set colour/)
  })
})

describe('a kill', () => {
  it('happens at every await there is, one after another', async () => {
    const reached = new Set<string>()
    for (let at = 1; at <= 8; at++) {
      const world = createWorld({ seed: 1, faults: { ...noFaults, killDevice: 0 }, killAt: { d: [at] } })
      let passed = ''
      world.device('d', {
        brand: 'b',
        async boot({ ports, generation }) {
          if (generation > 1) return
          passed += 'a'
          await ports.kv.set('x', '1')
          passed += 'b'
          await ports.log.open('s').append(1, ['t'])
          passed += 'c'
          await ports.locks.hold('l', async () => {
            passed += 'd'
            await ports.kv.get('x')
            passed += 'e'
          })
          passed += 'f'
        },
      })
      await world.run(1000)
      reached.add(passed)
    }
    expect(Array.from(reached)).toEqual(['a', 'ab', 'abc', 'abcd', 'abcdef'])
  })

  it('never resumes the code that waited, frees its locks and starts the program again', async () => {
    const world = createWorld({ seed: 3, faults: 'none' })
    const log: string[] = []
    const device = world.device('d', {
      brand: 'b',
      async boot({ ports, generation, sleep }) {
        await ports.locks.hold('l', async () => {
          log.push(`got ${generation}`)
          await sleep(60_000)
          log.push(`woke ${generation}`)
        })
      },
    })
    await world.run(10_000)
    device.kill()
    await world.run(120_000)
    expect(log).toEqual(['got 1', 'got 2', 'woke 2'])
  })

  it('leaves a prefix of the writes under way, and all that had resolved', async () => {
    const left = new Set<string>()
    for (let seed = 1; seed <= 60; seed++) {
      const world = createWorld({ seed, faults: { ...noFaults, tear: 1 }, killAt: { d: [3] } })
      const device = world.device('d', {
        brand: 'b',
        async boot({ ports, generation }) {
          if (generation > 1) return
          const log = ports.log.open('s')
          await log.append(1, ['1'])
          void log.append(2, ['2', '3'])
          void log.append(4, ['4', '5'])
        },
      })
      await world.run(500)
      const records = Array.from(device.memory.logs.values())[0]?.read(1, 9, 99) ?? []
      left.add(records.map((record) => record.text).join(''))
    }
    expect(Array.from(left).sort()).toEqual(['1', '12', '123', '1234', '12345'])
  })

  it('of a device restarts the monotonic clock only with a reboot', async () => {
    const world = createWorld({ seed: 1, faults: 'none' })
    const seen: number[] = []
    const device = world.device('d', { brand: 'b', boot: ({ ports }) => void seen.push(ports.time.mono()) })
    await world.run(100_000)
    device.kill()
    await world.run(100_000)
    device.kill(true)
    await world.run(100_000)
    expect(seen.map((mono) => mono >= 100_000)).toEqual([false, true, false])
  })
})

describe('virtual storage', () => {
  it('keeps the order of calls that overlap', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const world = createWorld({ seed, faults: 'none' })
      const device = world.device('d', {
        brand: 'b',
        boot({ ports }) {
          for (let i = 1; i <= 10; i++) {
            void ports.kv.set('k', String(i))
            void ports.log.open('s').append(i, [String(i)])
          }
        },
      })
      await world.run(2000)
      expect(Array.from(device.memory.kv.values())).toEqual(['10'])
      expect(Array.from(device.memory.logs.values())[0]?.stats().count).toBe(10)
    }
  })

  it('refuses with quota when the disk is full or a fault says so, and changes nothing', async () => {
    const world = createWorld({ seed: 1, faults: { ...noFaults, quota: 1 } })
    const codes: unknown[] = []
    const device = world.device('d', {
      brand: 'b',
      async boot({ ports }) {
        await ports.kv.set('k', '1').catch((error: unknown) => codes.push(codeOf(error)))
        await ports.log
          .open('s')
          .append(1, ['1'])
          .catch((error: unknown) => codes.push(codeOf(error)))
      },
    })
    await world.run(1000)
    expect(codes).toEqual(['quota', 'quota'])
    expect(device.memory.used()).toBe(0)
  })
})

describe('the virtual network', () => {
  async function ask(faults: object, times = 1): Promise<{ readonly seen: number; readonly answers: readonly string[] }> {
    const world = createWorld({ seed: 5, faults: { ...noFaults, ...faults } })
    let seen = 0
    const answers: string[] = []
    world.server('http://hub', () => () => {
      seen++
      return { ...echo(), text: () => Promise.resolve('{"ok":true}') }
    })
    world.device('d', {
      brand: 'b',
      async boot({ ports }) {
        for (let i = 0; i < times; i++) {
          await ports.net.send({ url: 'http://hub/x', method: 'POST', timeoutMs: 5000 }).then(
            (answer) => answers.push(`${answer.status} ${answer.text.slice(0, 9)}`),
            (error: unknown) => answers.push(String(codeOf(error))),
          )
        }
      },
    })
    await world.run(300_000)
    return { seen, answers }
  }

  it('loses a request, or only its answer', async () => {
    const lost = await ask({ dropRequest: 1 }, 10)
    expect(lost.seen).toBe(0)
    expect(new Set(lost.answers)).toEqual(new Set(['timeout', 'unavailable']))
    expect(await ask({ dropResponse: 1 }, 3)).toEqual({ seen: 3, answers: ['timeout', 'timeout', 'timeout'] })
  })

  it('brings a request twice', async () => {
    expect(await ask({ duplicate: 1 }, 5)).toMatchObject({ seen: 10, answers: Array(5).fill('200 {"ok":tru') })
  })

  it('answers with refusals, a web page, half a body or none', async () => {
    expect((await ask({ status503: 1 })).answers).toEqual(['503 '])
    expect((await ask({ status429: 1 })).answers).toEqual(['429 '])
    expect(await ask({ captive: 1 })).toEqual({ seen: 0, answers: ['200 <!doctype'] })
    expect((await ask({ halfBody: 1 })).answers).toEqual(['200 {"ok"'])
    const failed = await ask({ status500: 1 }, 10)
    expect(new Set(failed.answers)).toEqual(new Set(['500 oops']))
    expect(failed.seen).toBeGreaterThan(0)
    expect(failed.seen).toBeLessThan(10)
  })

  it('rebuilds a crashed server from what it stored', async () => {
    const world = createWorld({ seed: 1, faults: 'none' })
    let stored = 0
    const answers: string[] = []
    const server = world.server('http://hub', () => {
      let memory = 0
      return () => ({ ...echo(), text: () => Promise.resolve(`${++stored} ${++memory}`) })
    })
    world.device('d', {
      brand: 'b',
      async boot({ ports, sleep }) {
        for (let i = 0; i < 3; i++) {
          await ports.net.send({ url: 'http://hub/x', method: 'GET' }).then(
            (answer) => answers.push(answer.text),
            (error: unknown) => answers.push(String(codeOf(error))),
          )
          if (i === 0) server.crash(500)
          await sleep(i === 0 ? 100 : 1000)
        }
      },
    })
    await world.run(10_000)
    expect(answers).toEqual(['1 1', 'unavailable', '2 1'])
  })
})

describe('seeded chance', () => {
  it('is the same everywhere and spread evenly', () => {
    const random = createRandom(1)
    expect([random.below(1000), random.below(1000), random.below(1000)]).toMatchInlineSnapshot(`
      [
        537,
        454,
        82,
      ]
    `)
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 4000; i++) counts[random.below(4)]!++
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120)
  })
})
