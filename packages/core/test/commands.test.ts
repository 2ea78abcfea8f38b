import { createHash } from 'node:crypto'
import { createClock } from '@omokit/core'
import type { Issue, NetRequest, NetResponse } from '@omokit/core'
import { createCommands } from '@omokit/core/commands'
import type { CommandRequest, Commands } from '@omokit/core/commands'
import { createManualClock, createMemoryDevice, createMemoryPorts } from '@omokit/core/memory'
import { beforeEach, describe, expect, it } from 'vitest'

type Answer = (command: CommandRequest, request: NetRequest) => NetResponse | Promise<NetResponse>

const ok = (value: unknown): NetResponse => ({ status: 200, headers: {}, text: JSON.stringify({ ok: true, value }) })
const refused = (status: number, code: string, headers = {}): NetResponse => ({ status, headers, text: JSON.stringify({ ok: false, issues: [{ code }] }) })

let device = createMemoryDevice()
let manual = createManualClock()
let requests: NetRequest[] = []
let answer: Answer = () => ok({})

beforeEach(() => {
  device = createMemoryDevice()
  manual = createManualClock()
  requests = []
})

function run(): { readonly commands: Commands; readonly issues: Issue[]; readonly kill: () => void } {
  const issues: Issue[] = []
  const ports = createMemoryPorts({
    brand: 'demo',
    device,
    time: manual.time,
    timer: manual.timer,
    net: {
      send: async (request) => {
        requests.push(request)
        return answer(JSON.parse(request.body as string) as CommandRequest, request)
      },
    },
  })
  const commands = createCommands({
    ports,
    clock: createClock({ time: ports.time }),
    hub: 'https://hub.example',
    key: 'tk_test_demo_x',
    memberToken: () => 'token',
    onIssue: (issue) => issues.push(issue),
  })
  return { commands, issues, kill: ports.host.kill }
}

const occasion = { order: 'o-1', right: 'coupon-7' }
const payload = { order: 'o-1', rights: [{ kind: 'item', id: 'coupon-7', qty: 1 }], ttlMs: 600_000 } as const
const journal = (): number => Array.from(device.kv.keys()).filter((key) => key.includes('cmd/')).length

describe('a command', () => {
  it('carries the key of its brand, operation, order, right and occasion, and answers what the hub said', async () => {
    answer = () => ok({ hold: 'h-1' })
    const { commands } = run()
    expect(device.kv.size).toBe(0)
    expect(await commands.call('hold', occasion, payload)).toEqual({ ok: true, value: { hold: 'h-1' } })
    const key = createHash('sha256').update('omokit.command\ndemo\nhold\no-1\ncoupon-7\n1').digest('base64url')
    expect(JSON.parse(requests[0]?.body as string)).toEqual({ key, operation: 'hold', payload })
    expect(requests[0]).toMatchObject({ url: 'https://hub.example/v1/commands', headers: { authorization: 'Bearer tk_test_demo_x', 'omokit-member': 'token' } })
    expect(journal()).toBe(0)
  })

  it('gives a refusal back as a value and forgets the journal', async () => {
    answer = () => refused(409, 'already-redeemed')
    const { commands } = run()
    expect(await commands.call('confirm', occasion, { hold: 'h-1' })).toEqual({ ok: false, issues: [{ code: 'already-redeemed' }] })
    expect([requests.length, journal()]).toEqual([1, 0])
  })

  it('is journalled before it is sent and survives a kill under its own key', async () => {
    let journalledBefore = 0
    answer = () => {
      journalledBefore = journal()
      return new Promise(() => undefined)
    }
    const first = run()
    void first.commands.call('hold', occasion, payload)
    await manual.advance(1000)
    expect(journalledBefore).toBe(1)
    first.kill()
    answer = () => ok({ hold: 'h-1' })
    const { commands } = run()
    expect(await commands.unsettled()).toMatchObject([{ operation: 'hold', payload, at: expect.any(Number) as number }])
    expect(await commands.settle()).toEqual([{ ok: true, value: { hold: 'h-1' } }])
    expect(JSON.parse(requests[0]?.body as string)).toEqual(JSON.parse(requests[1]?.body as string))
    expect(await commands.unsettled()).toEqual([])
  })

  it('is tried again with pauses, then unavailable with the journal kept', async () => {
    const answers: Answer[] = [
      () => {
        throw new Error('no network')
      },
      () => ({ status: 200, headers: {}, text: '<html>' }),
      () => ({ status: 502, headers: {}, text: '' }),
      () => refused(503, 'unavailable'),
    ]
    answer = (command, request) => (answers.shift() as Answer)(command, request)
    const { commands, issues } = run()
    const called = commands.call('hold', occasion, payload)
    await manual.advance(60_000)
    expect(await called).toMatchObject({ ok: false, issues: [{ code: 'unavailable' }] })
    expect([requests.length, journal(), issues.length]).toEqual([4, 1, 1])
    answer = () => ok({ hold: 'h-1' })
    expect(await commands.call('hold', occasion, payload)).toEqual({ ok: true, value: { hold: 'h-1' } })
    expect(new Set(requests.map((request) => request.body)).size).toBe(1)
    expect(journal()).toBe(0)
  })

  it('waits as long as the hub asks when that is short, and gives up at once when it is long', async () => {
    const waits = [refused(429, 'rate-limited', { 'retry-after': '3' }), refused(429, 'rate-limited', { 'retry-after': '600' })]
    answer = () => waits.shift() as NetResponse
    const { commands } = run()
    const called = commands.call('hold', occasion, payload)
    await manual.advance(2900)
    expect(requests.length).toBe(1)
    await manual.advance(200)
    expect(await called).toMatchObject({ ok: false, issues: [{ code: 'rate-limited', need: 600_000 }] })
    expect([requests.length, journal()]).toEqual([2, 1])
  })

  it('waits until the date the hub names', async () => {
    const waits = [refused(503, 'unavailable', { date: 'Fri, 02 Jan 2026 00:00:00 GMT', 'retry-after': 'Fri, 02 Jan 2026 00:00:03 GMT' }), ok({ hold: 'h-1' })]
    answer = () => waits.shift() as NetResponse
    const { commands } = run()
    const called = commands.call('hold', occasion, payload)
    await manual.advance(2900)
    expect(requests.length).toBe(1)
    await manual.advance(200)
    expect(await called).toEqual({ ok: true, value: { hold: 'h-1' } })
  })

  it('keeps the journal when a key is refused after an attempt of unknown outcome', async () => {
    const answers = [
      () => {
        throw new Error('no answer')
      },
      () => refused(401, 'unauthorised'),
    ]
    answer = () => (answers.shift() as () => NetResponse)()
    const { commands } = run()
    const called = commands.call('hold', occasion, payload)
    await manual.advance(20_000)
    expect(await called).toEqual({ ok: false, issues: [{ code: 'unauthorised' }] })
    expect(journal()).toBe(1)
    answer = () => refused(403, 'forbidden')
    await commands.call('hold', { ...occasion, order: 'o-2' }, payload)
    expect(journal()).toBe(1)
  })

  it('has another key on another occasion and refuses names that could make two keys one', async () => {
    answer = () => ok({})
    const { commands } = run()
    await commands.call('release', { order: 'o', right: 'r' }, { hold: 'h' })
    await commands.call('release', { order: 'o', right: 'r', occasion: '2' }, { hold: 'h' })
    expect(new Set(requests.map((request) => (JSON.parse(request.body as string) as CommandRequest).key)).size).toBe(2)
    await expect(commands.call('release', { order: 'o\nr', right: '1' }, { hold: 'h' })).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('a batch', () => {
  const claims = (n: number) =>
    Array.from({ length: n }, (_, i) => ({
      operation: 'claim' as const,
      occasion: { order: `c-${i}`, right: 'coupon' },
      payload: { coupon: 'coupon', member: `m-${i}` },
    }))
  const answerAll: Answer = (_, request) => {
    const { commands } = JSON.parse(request.body as string) as { commands: CommandRequest[] }
    return {
      status: 200,
      headers: {},
      text: JSON.stringify({ answers: commands.map(({ payload }) => ({ ok: true, value: { item: (payload as { member: string }).member } })) }),
    }
  }

  it('is split at 200, answered in order, and journalled as a whole', async () => {
    let most = 0
    answer = (command, request) => {
      most = Math.max(most, journal())
      return answerAll(command, request)
    }
    const { commands } = run()
    const answers = await commands.batch(claims(450))
    expect(requests.map((request) => request.url)).toEqual(Array(3).fill('https://hub.example/v1/commands/batch'))
    expect(answers.map((one) => one.ok && one.value.item)).toEqual(claims(450).map(({ payload: { member } }) => member))
    expect([most, journal()]).toEqual([1, 0])
  })

  it('keeps every command whose answer never came', async () => {
    answer = (_, request) => {
      if (requests.length === 1) return answerAll(_, request)
      throw new Error('no network')
    }
    const { commands } = run()
    const called = commands.batch(claims(250))
    await manual.advance(60_000)
    const answers = await called
    expect(answers.filter((one) => one.ok).length).toBe(200)
    expect((await commands.unsettled()).length).toBe(50)
    answer = answerAll
    expect((await commands.settle()).every((one) => one.ok)).toBe(true)
    expect(await commands.unsettled()).toEqual([])
  })

  it('does not take a short list of answers for an answer', async () => {
    answer = () => ({ status: 200, headers: {}, text: '{"answers":[]}' })
    const { commands } = run()
    const called = commands.batch(claims(2))
    await manual.advance(60_000)
    expect(await called).toMatchObject([
      { ok: false, issues: [{ code: 'unavailable' }] },
      { ok: false, issues: [{ code: 'unavailable' }] },
    ])
    expect([requests.length, (await commands.unsettled()).length]).toEqual([4, 2])
  })
})
