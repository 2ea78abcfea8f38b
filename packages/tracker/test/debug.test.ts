import { createClock, OmoError, type Issue } from '@omokit/core'
import { createMemoryDevice, createMemoryPorts } from '@omokit/core/memory'
import { createOutbox } from '@omokit/core/outbox'
import { createTracker } from '@omokit/tracker'
import { createDebug, debugText, showDebugPanel } from '@omokit/tracker/debug'
import { createSampling } from '@omokit/tracker/sampling'
import { expect, it } from 'vitest'

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

it('a snapshot and its text say what waits, what is confirmed, what was refused and what came last', async () => {
  const also: Issue[] = []
  const debug = createDebug({ most: 4, also: (issue) => also.push(issue) })
  let changes = 0
  debug.onChange(() => changes++)
  debug.onChange(() => {
    throw new Error('host')
  })
  const ports = createMemoryPorts({ brand: 'demo', device: createMemoryDevice() })
  let online = true
  const net: typeof ports.net = {
    send({ body }) {
      if (!online) return Promise.reject(new OmoError('unavailable', 'no network'))
      const { facts } = JSON.parse(body ?? '') as { readonly facts: readonly { readonly seq: number; readonly kind: string }[] }
      const except = facts.filter(({ kind }) => kind === 'x:refused').map(({ seq }) => ({ seq, code: 'invalid' }))
      return Promise.resolve({ status: 200, headers: {}, text: JSON.stringify({ through: facts.at(-1)?.seq, except, server_time: ports.time.now() }) })
    },
  }
  const clock = createClock({ time: ports.time, kv: ports.kv })
  const outbox = createOutbox({ ports: { ...ports, net }, clock, hub: 'https://hub.invalid', key: 'pk_test', onIssue: debug.onIssue })
  const tracker = createTracker({
    outbox,
    clock,
    who: () => ({}),
    may: (purpose) => purpose === 'analytics',
    onIssue: debug.onIssue,
    plugins: [debug.plugin, createSampling({ rates: { 'x:dropped': 0 }, by: 'session' })],
  })
  await tracker.track('x:refused')
  await tracker.track('x:sent', { n: 1 })
  await tracker.flush()
  online = false
  await tracker.track('x:dropped')
  await tracker.track('x:waits', { sku: 'cola' })
  await tracker.track('x:asked', {}, { purpose: 'marketing' })
  await outbox.flush()
  await settled()

  const snapshot = await debug.snapshot(outbox)
  const [stream] = snapshot.streams
  expect(snapshot.pending).toBe(1)
  expect(stream).toMatchObject({ lane: 'observe', head: 4, acked: 3, pending: 1, gap: 0 })
  expect(snapshot.events.map(({ event, ref, state }) => [event, ref?.seq, state])).toEqual([
    ['x:waits', 4, 'stored'],
    ['x:dropped', undefined, 'notStored'],
    ['x:sent', 3, 'confirmed'],
    ['x:refused', 2, 'refused'],
  ])
  expect(snapshot.refused).toEqual([{ ref: { stream: stream?.stream, seq: 2 }, code: 'invalid' }])
  expect(snapshot.issues).toEqual(also.slice().reverse())
  expect(also.map(({ code }) => code)).toEqual(expect.arrayContaining(['invalid', 'no-consent', 'unavailable']))
  expect(changes).toBeGreaterThan(7)

  const lines = debugText(snapshot).split('\n')
  expect(lines[0]).toBe('waiting: 1')
  expect(lines).toContain(`  observe ${stream?.stream}  numbered 4  confirmed 3  waiting 1`)
  expect(lines).toContain(`  ${stream?.stream}.2  invalid`)
  expect(lines.filter((line) => line.includes('x:dropped'))).toEqual(['  not stored  x:dropped  {}'])
  expect(debugText(snapshot, 'zh')).toMatch(/^待发: 1\n流\n/)
  expect(debugText({ pending: 0, streams: [], events: [], issues: [], refused: [] })).toBe('waiting: 0')

  debug.clear()
  expect((await debug.snapshot(outbox)).events).toEqual([])
  // a slim outbox tells of no streams
  await tracker.track('x:last')
  await settled()
  expect(debugText(await debug.snapshot({}))).toMatch(/^waiting: \?\nlast events\n {2}stored {2}x:last {2}#5 /)
  // without a page there is no panel, and nothing happens
  expect(showDebugPanel({ debug, outbox })()).toBeUndefined()
  await outbox.stop()
})
