import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { createNodePorts } from '@omokit/core/node'
import type { Log } from '@omokit/core'
import { afterAll, describe, expect, it } from 'vitest'

const home = mkdtempSync(join(tmpdir(), 'omokit-node-'))
let dirs = 0
const newDir = (): string => join(home, String(++dirs))
afterAll(() => rmSync(home, { recursive: true }))

const all = async (log: Log): Promise<number[]> => (await log.read(1, 1e6, 1e9)).map(({ seq }) => seq)
const prefix = (length: number): number[] => Array.from({ length }, (_, i) => i + 1)
const logFile = (dir: string): string => {
  const folder = join(dir, '_demo', '_main', 'log')
  return join(folder, readdirSync(folder).filter((name) => !name.includes('~'))[0] as string)
}

/** Runs node-writer until it said `lines` lines, then kills it with SIGKILL; the highest number it was told is stored. */
async function killedAfter(dir: string, first: number, lines: number): Promise<number> {
  const child = spawn(
    process.execPath,
    ['--conditions=@omokit/source', '--import', 'tsx', fileURLToPath(new URL('node-writer.ts', import.meta.url)), dir, String(first)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  )
  let output = ''
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the writer ended by itself')))
    child.stdout.on('data', (data: Buffer) => {
      output += String(data)
      if (output.split('\n').length > lines) resolve()
    })
  })
  const gone = new Promise((resolve) => child.removeAllListeners('exit').once('exit', resolve))
  child.kill('SIGKILL')
  await gone
  return Math.max(0, ...[...output.matchAll(/a(\d+)\n/g)].map((match) => Number(match[1])))
}

describe('node ports', () => {
  it('touch nothing when they are created, nor when they only read', async () => {
    const dir = newDir()
    const ports = createNodePorts({ brand: 'demo', dir })
    expect(existsSync(dir)).toBe(false)
    await Promise.all([
      ports.kv.get('k'),
      ports.kv.keys(''),
      ports.kv.del('k'),
      ports.log.list(),
      ports.log.open('s').read(1, 9, 9),
      ports.log.open('s').stats(),
      ports.log.open('s').drop(5),
    ])
    expect(existsSync(dir)).toBe(false)
  })

  it('lose nothing acknowledged to SIGKILL, keep their order, and free the lock of the dead', async () => {
    const dir = newDir()
    let told = 0
    for (const lines of [40, 400]) {
      const first = (await createNodePorts({ brand: 'demo', dir }).log.open('s').stats()).last + 1
      told = await killedAfter(dir, first, lines)
      const ports = createNodePorts({ brand: 'demo', dir })
      const held = await all(ports.log.open('s'))
      expect(held).toEqual(prefix(held.length))
      expect(held.length).toBeGreaterThanOrEqual(told)
      expect(await ports.locks.ifFree('held', async () => 'free')).toBe('free')
    }
    expect(told).toBeGreaterThan(400)
  })

  it('pass over a torn last line wherever it was torn, and go on after it', async () => {
    const dir = newDir()
    const texts = ['{"a":1}', '中文;', 'tail 再买 12.00 元;']
    await createNodePorts({ brand: 'demo', dir }).log.open('s').append(1, texts)
    const file = logFile(dir)
    const whole = readFileSync(file)
    const lastLine = whole.lastIndexOf(10, whole.length - 2) + 1
    for (let size = lastLine; size < whole.length; size++) {
      truncateSync(file, size)
      const log = createNodePorts({ brand: 'demo', dir }).log.open('s')
      expect(await log.read(1, 9, 999)).toEqual([
        { seq: 1, text: texts[0] },
        { seq: 2, text: texts[1] },
      ])
      await log.append(3, ['again'])
      expect(await createNodePorts({ brand: 'demo', dir }).log.open('s').read(3, 9, 999)).toEqual([{ seq: 3, text: 'again' }])
      truncateSync(file, lastLine)
      appendFileSync(file, whole.subarray(lastLine))
    }
  })

  it('keep what is readable when bytes in the middle are damaged', async () => {
    const dir = newDir()
    await createNodePorts({ brand: 'demo', dir }).log.open('s').append(1, ['one', 'two', 'three'])
    const file = logFile(dir)
    const damaged = readFileSync(file, 'utf8').replace('2,3=two;', '2,3=\u0000\u0000')
    truncateSync(file, 0)
    appendFileSync(file, damaged)
    expect(await createNodePorts({ brand: 'demo', dir }).log.open('s').read(1, 9, 99)).toEqual([
      { seq: 1, text: 'one' },
      { seq: 3, text: 'three' },
    ])
  })

  it('give the room back after a drop, also to a reader that has the old file in mind', async () => {
    const dir = newDir()
    const [owner, leader] = [createNodePorts({ brand: 'demo', dir }).log.open('s'), createNodePorts({ brand: 'demo', dir }).log.open('s')]
    await owner.append(
      1,
      Array.from({ length: 2_000 }, () => 'x'.repeat(400)),
    )
    expect((await leader.stats()).count).toBe(2_000)
    expect(statSync(logFile(dir)).size).toBeGreaterThan(800_000)
    await owner.drop(1_990, [7])
    expect(statSync(logFile(dir)).size).toBeLessThan(10_000)
    expect(await all(leader)).toEqual([7, ...prefix(2_000).slice(1_990)])
    await expect(leader.append(2_000, ['x'])).rejects.toMatchObject({ code: 'stream-fork' })
    await owner.append(2_001, ['y'])
    expect((await leader.stats()).last).toBe(2_001)
    expect(readdirSync(join(logFile(dir), '..'))).toHaveLength(1)
  })

  it('agree with a plain list under any order of appends, drops and restarts', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('append' as const),
        gap: fc.nat(3),
        texts: fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { minLength: 1, maxLength: 5 }),
      }),
      fc.record({ kind: fc.constant('drop' as const), upTo: fc.nat(40), except: fc.array(fc.nat(40), { maxLength: 3 }) }),
      fc.record({ kind: fc.constant('restart' as const) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const dir = newDir()
        let log = createNodePorts({ brand: 'demo', dir }).log.open('s')
        let model: { seq: number; text: string }[] = []
        let next = 1
        for (const each of steps) {
          if (each.kind === 'restart') log = createNodePorts({ brand: 'demo', dir }).log.open('s')
          else if (each.kind === 'drop') {
            await log.drop(each.upTo, each.except)
            model = model.filter(({ seq }) => seq > each.upTo || each.except.includes(seq))
          } else {
            next += each.gap
            await log.append(next, each.texts)
            for (const text of each.texts) model.push({ seq: next++, text })
          }
          expect(await log.read(1, 1e6, 1e9)).toEqual(model)
        }
      }),
      { numRuns: 30, seed: 7 },
    )
  })

  it('do not keep the process alive by a timer, nor change how a signal ends it', async () => {
    const run = (mode: string): Promise<string> =>
      new Promise((resolve) => {
        const child = spawn(
          process.execPath,
          ['--conditions=@omokit/source', '--import', 'tsx', fileURLToPath(new URL('node-leaver.ts', import.meta.url)), newDir(), mode],
          {
            stdio: ['ignore', 'pipe', 'inherit'],
            env: { ...process.env, NODE_OPTIONS: '' },
          },
        )
        let output = ''
        child.stdout.on('data', (data: Buffer) => {
          output += String(data)
          if (mode === 'wait') child.kill('SIGTERM')
        })
        child.on('exit', (code, signal) => resolve(`${output}${signal ?? code}`))
      })
    expect(await Promise.all([run('end'), run('wait')])).toEqual(['up hidden 0', 'up hidden SIGTERM'])
  })
})
