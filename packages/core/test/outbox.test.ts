import { createClock } from '@omokit/core'
import type { Issue } from '@omokit/core'
import { createManualClock, createMemoryDevice, createMemoryPorts } from '@omokit/core/memory'
import type { ManualClock, MemoryDevice, MemoryPorts } from '@omokit/core/memory'
import { createOutbox } from '@omokit/core/outbox'
import type { Outbox, OutboxLimits } from '@omokit/core/outbox'
import { beforeEach, describe, expect, it } from 'vitest'
import { createFakeHub } from './fake-hub'
import type { FakeHub } from './fake-hub'

interface Running {
  readonly outbox: Outbox
  readonly ports: MemoryPorts
  readonly issues: Issue[]
}

let hub: FakeHub
let clock: ManualClock
let device: MemoryDevice

beforeEach(() => {
  hub = createFakeHub()
  clock = createManualClock()
  device = createMemoryDevice()
})

function run(limits: OutboxLimits = {}, on: MemoryDevice = device): Running {
  const issues: Issue[] = []
  const ports = createMemoryPorts({ brand: 'demo', device: on, net: hub, time: clock.time, timer: clock.timer })
  const outbox = createOutbox({
    ports, clock: createClock({ time: ports.time, kv: ports.kv }), hub: 'https://hub.example', key: 'pk_test_demo_x', limits, onIssue: (issue) => issues.push(issue),
  })
  return { outbox, ports, issues }
}

const viewed = (n: number) => ({ kind: 'Product Viewed', body: { n } })
const order = (n: number) => ({ kind: 'Order Completed', body: { n } })

describe('delivery', () => {
  it('stores a fact, sends it and forgets it once the hub has it', async () => {
    const { outbox } = run()
    const ref = await outbox.append(viewed(1))
    expect(ref.seq).toBe(1)
    expect((await outbox.stats()).pending).toBe(1)
    expect(await outbox.flush()).toEqual({ sent: 1, acked: 1, pending: 0, quarantined: 0 })
    expect(hub.of('Product Viewed')).toEqual([{ n: 1 }])
    expect(hub.requests[0]).toMatchObject({ url: 'https://hub.example/v1/facts', method: 'POST' })
  })

  it('sends trade first and links its records', async () => {
    const { outbox } = run()
    void outbox.append(viewed(1))
    for (let n = 0; n < 5; n++) void outbox.append(order(n))
    await outbox.flush()
    expect(hub.kinds()).toEqual([...Array<string>(5).fill('Order Completed'), 'Product Viewed'])
    expect(Array.from(hub.streams.values()).map((stream) => stream.chainBreaks)).toEqual([0, 0])
  })
})
