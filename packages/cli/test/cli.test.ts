import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProgress, signerOf, type SigningKeyFile } from '@omokit/cli'
import { fromBase64url } from '@omokit/core'
import { createNodePorts } from '@omokit/core/node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { couponOfRate } from '../src/replay/coupon-of-rate'
import { decimalMinor } from '../src/replay/decimal-minor'
import { createInFlight } from '../src/replay/in-flight'
import { run } from './run-main'

let home = ''
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'omokit-cli-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('the command line', () => {
  it('lists its commands, and fails loudly on an unknown one or a wrong option', async () => {
    expect((await run('help')).out).toContain('omokit dev')
    const unknown = await run('constructor')
    expect(unknown.code).toBe(2)
    expect(unknown.err).toContain('No such command: constructor')
    const wrong = await run('keys', 'init', '--kidd', 'k1')
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('--kidd')
    expect((await run('replay', 'nothing', 'nowhere')).code).toBe(2)
  })

  it('makes a signing key once, for this user alone, and never overwrites it', async () => {
    const file = join(home, 'key.json')
    const made = await run('keys', 'init', '--kid', 'k7', '--out', file)
    expect(made.code).toBe(0)
    const key = JSON.parse(readFileSync(file, 'utf8')) as SigningKeyFile
    expect(JSON.parse(made.out)).toEqual({ kid: 'k7', key: key.publicKey, state: 'active' })
    expect(made.out).not.toContain('PRIVATE')
    expect(statSync(file).mode & 0o077).toBe(0)
    expect((await run('keys', 'init', '--out', file)).code).toBe(1)
    const message = new Uint8Array([1, 2, 3])
    const signature = await signerOf(key)(message)
    const { crypto } = createNodePorts({ brand: 'demo', dir: home })
    expect(await crypto?.verify(fromBase64url(key.publicKey) as Uint8Array, signature, message)).toBe(true)
  })
})

describe('what a replay reads', () => {
  it('a decimal as minor units, exactly', () => {
    expect(['1.88', '0', '0.005', '0.0049', '17', '-1.005', '4.440892e-16', '1e2', '12.345e1'].map(decimalMinor)).toEqual([
      188, 0, 1, 0, 1700, -101, 0, 10_000, 12_345,
    ])
    expect(['', 'x', '1,5', '.5', '1e9999', 'Infinity'].map(decimalMinor)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined])
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (cents) => {
        const text = `${cents < 0 ? '-' : ''}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`
        expect(decimalMinor(text)).toBe(cents === 0 ? 0 : cents)
      }),
    )
  })

  it('a discount rate as a coupon', () => {
    expect(couponOfRate('30:5')).toEqual({ ok: true, value: { kind: 'threshold', atLeast: 3000, amount: 500 } })
    expect(couponOfRate('0.95')).toEqual({ ok: true, value: { kind: 'rate', percent: '5' } })
    expect(couponOfRate('0.875')).toEqual({ ok: true, value: { kind: 'rate', percent: '12.5' } })
    for (const bad of ['5:30', '0', '1.0', '0.0', '30:0', '', 'null', '30:5:1'])
      expect(couponOfRate(bad)).toMatchObject({ ok: false, issues: [{ code: 'invalid', path: 'discount_rate' }] })
  })

  it('keeps few jobs under way and does not lose a failure', async () => {
    const flight = createInFlight(3)
    let now = 0
    let most = 0
    for (let i = 0; i < 10; i++) {
      await flight.add(async () => {
        most = Math.max(most, ++now)
        await new Promise((resolve) => setTimeout(resolve, 2))
        now--
      })
    }
    await flight.drain()
    expect(most).toBe(3)
    await flight.add(async () => Promise.reject(new Error('lost?')))
    await expect(flight.drain()).rejects.toThrow('lost?')
  })

  it('draws progress on a terminal only', () => {
    const drawn: string[] = []
    const write = (text: string): unknown => drawn.push(text)
    const silent = createProgress({ write }, () => 0)
    silent.at(0.5, 'half')
    silent.done()
    expect(drawn).toEqual([])
    const bar = createProgress({ isTTY: true, write }, () => 1000)
    bar.at(0.5, '10 rows')
    bar.done()
    expect(drawn.join('')).toContain('50 %  10 rows')
  })
})
