// A till in a process of its own, to be killed: bundled and started by till-bundle.ts. Says on its standard output what it was told.
import { writeSync } from 'node:fs'
import type { Lane } from '@omokit/core'
import { createRandom } from '@omokit/core/testing'
import { openTill } from './till'

/** What a life of the till is to do. */
export interface Life {
  readonly dir: string
  readonly url: string
  readonly key: string
  readonly seed: number
  /** 1 for the first. */
  readonly number: number
  readonly facts: number
  /** Nobody will kill it: it ends when everything is sent. */
  readonly last: boolean
}

/** A line of its output: `begun`, or `stored <name> <stream> <seq>` once the promise of an append has resolved, or `done`. */
const say = (line: string): void => void writeSync(1, `${line}\n`)

async function live({ dir, url, key, seed, number, facts, last }: Life): Promise<void> {
  const random = createRandom(seed * 1000 + number)
  const till = openTill(dir, { url, key }, { batch: 4 })
  till.outbox.start()
  say('begun')
  const counts: Record<Lane, number> = { trade: 0, observe: 0 }
  const appends: Promise<unknown>[] = []
  for (let left = facts; left; ) {
    // bursts inside one task, now and then awaited
    for (let burst = Math.min(left, random.between(1, 6)); burst; burst--, left--) {
      const lane = random.pick(['trade', 'observe'] as const)
      const name = `${number}-${lane}-${++counts[lane]}`
      appends.push(till.append(lane, name).then(({ stream, seq }) => say(`stored ${name} ${stream} ${seq}`)))
    }
    if (random.chance(0.3)) await Promise.all(appends)
    await new Promise((resolve) => setTimeout(resolve, random.below(8)))
  }
  await Promise.all(appends)
  if (!last) return void setInterval(() => undefined, 1000)
  await till.drain()
  await till.outbox.stop()
  say('done')
}

void live(JSON.parse(process.argv[2] as string) as Life)
