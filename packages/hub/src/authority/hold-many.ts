import type { DoorArgument, Store } from '../store/store'

/** A hold of one right, ready for the store. */
export interface ReadyHold {
  /** The bucket of the right. */
  readonly bucket: number
  readonly key: string
  /** A call of `omokit_hold_many`. */
  readonly args: readonly DoorArgument[]
}

interface Waiting extends ReadyHold {
  readonly settle: (answer: string | null) => void
  readonly fail: (error: unknown) => void
}

/** Transactions of one brand at a time. Holds of one right take one lane: two of them could only wait for each other at its row. */
const lanes = 8
/** Holds in one transaction. */
const most = 64

/**
 * Sends holds to the store. While its lane is free a hold leaves at once; those that come meanwhile leave together and
 * share one round trip and one commit, which is what a hot counter is short of. Each keeps its own key and answer. A
 * transaction that fails is taken apart and every hold tried alone, so that none suffers for another.
 */
export function createHoldMany(store: Pick<Store, 'call'>): (brand: string, hold: ReadyHold) => Promise<string | null> {
  const queues = new Map<string, { busy: boolean; waiting: Waiting[] }>()

  async function ask(brand: string, holds: readonly ReadyHold[]): Promise<readonly (string | null)[]> {
    const answers = await store.call('omokit_hold_many', [brand, JSON.stringify(holds.map((hold) => hold.args))])
    return JSON.parse(answers as string) as (string | null)[]
  }

  async function send(brand: string, holds: readonly Waiting[]): Promise<void> {
    try {
      const answers = await ask(brand, holds)
      for (let i = 0; i < holds.length; i++) holds[i]?.settle(answers[i] ?? null)
    } catch (error) {
      if (holds.length === 1) return holds[0]?.fail(error)
      for (const hold of holds) await ask(brand, [hold]).then(([answer = null]) => hold.settle(answer), hold.fail)
    }
  }

  async function drain(brand: string, lane: string, queue: { busy: boolean; waiting: Waiting[] }): Promise<void> {
    if (queue.busy) return
    queue.busy = true
    while (queue.waiting.length) {
      // a key that is asked for twice waits for its own first answer
      const keys = new Set<string>()
      const next: Waiting[] = []
      const later: Waiting[] = []
      for (const hold of queue.waiting) {
        if (next.length < most && !keys.has(hold.key)) next.push(hold)
        else later.push(hold)
        keys.add(hold.key)
      }
      queue.waiting = later
      await send(brand, next)
    }
    queues.delete(lane)
  }

  return (brand, hold) =>
    new Promise((settle, fail) => {
      const lane = `${brand}\n${hold.bucket % lanes}`
      const queue = queues.get(lane) ?? { busy: false, waiting: [] }
      queues.set(lane, queue)
      queue.waiting.push({ ...hold, settle, fail })
      void drain(brand, lane, queue)
    })
}
