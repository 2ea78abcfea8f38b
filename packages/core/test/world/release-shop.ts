import { codeOf, createClock } from '@omokit/core'
import type { Issue } from '@omokit/core'
import { buildRelease, createReleaseStore, pack } from '@omokit/core/documents'
import type { HeldRelease, Row } from '@omokit/core/documents'
import type { FetchAnswer, FetchLike } from '@omokit/core/memory'
import type { World, WorldContext } from '@omokit/core/testing'
import { nodeCrypto, signingKey } from '../documents-signing-key'

const versions = 8
const rows = 40
/** A new one comes out every so many milliseconds. */
const every = 20_000
const { key, signer } = signingKey('k')

const skuOf = (i: number): string => `sku-${i}`
const priceOf = (version: number, i: number): number => 1000 + version * 100 + i

/** Signed once for all runs that begin at that time. */
const shelves = new Map<number, Promise<readonly string[]>>()

/**
 * A shop publishes releases behind a network that hands out stale copies, forged ones and empty ones; tabs follow it.
 *
 * - **I3** what a tab holds never goes back and never shrinks: each release it holds has every row as it was signed, and a
 *   tab that starts again holds no older one than was kept on its device
 */
export interface ReleaseShop {
  readonly start: () => FetchLike
  /** Runs as long as the context lives. */
  follow(context: WorldContext, device: string): Promise<void>
  readonly counts: { releasesTaken: number; releasesRefused: number; releasesKept: number }
}

export async function openReleaseShop(world: World): Promise<ReleaseShop> {
  const began = world.now()
  let packs = shelves.get(began)
  if (!packs) shelves.set(began, (packs = Promise.all(Array.from({ length: versions }, (_, i) => signed(i + 1, began)))))
  const texts = await packs
  const kept = new Map<string, number>()
  const counts = { releasesTaken: 0, releasesRefused: 0, releasesKept: 0 }
  const { random } = world

  function answer(): FetchAnswer {
    const newest = Math.min(versions, 1 + Math.floor((world.now() - began) / every))
    const version = random.chance(0.3) ? random.between(1, newest) : newest
    let text = texts[version - 1] as string
    if (random.chance(0.05)) text = ''
    if (random.chance(0.05)) {
      const at = random.below(text.length)
      text = text.slice(0, at) + (text[at] === '7' ? '8' : '7') + text.slice(at + 1)
    }
    return { status: 200, headers: new Map<string, string>(), text: () => Promise.resolve(text) }
  }

  async function follow(context: WorldContext, device: string): Promise<void> {
    const { ports } = context
    const issues: Issue[] = []
    const store = createReleaseStore({
      ports,
      clock: createClock({ time: ports.time, kv: ports.kv }),
      keys: [key],
      crypto: nodeCrypto,
      onIssue: (issue) => issues.push(issue),
    })
    const told = async <T>(run: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await run()
      } catch (error) {
        if (!codeOf(error)) world.broken('I5', `${context.name}: ${error instanceof Error && error.stack ? error.stack : String(error)}`)
        return undefined
      }
    }
    const before = kept.get(device) || 0
    while (!(await told(() => store.load().then(() => true)))) await context.sleep(1000)
    counts.releasesKept += before ? 1 : 0
    if (store.newest() < before) world.broken('I3', `${context.name} starts with release ${store.newest()}; ${device} had kept ${before}`)
    let seen = store.newest()
    for (;;) {
      await context.sleep(random.below(15_000))
      issues.length = 0
      const got = await told(() => ports.net.send({ url: 'http://shop/pack', method: 'GET' }))
      const taken = got && got.status === 200 ? await told(() => store.take(got.text)) : undefined
      if (taken) counts[taken.ok ? 'releasesTaken' : 'releasesRefused']++
      if (store.newest() < seen) world.broken('I3', `${context.name} went back from release ${seen} to ${store.newest()}`)
      // what could not be stored is held in memory, and that was said
      if (taken && taken.ok && taken.value > seen && !issues.length) kept.set(device, Math.max(kept.get(device) || 0, taken.value))
      seen = store.newest()
      for (const held of [store.active(), store.next()]) if (held) whole(context, held)
    }
  }

  function whole(context: WorldContext, held: HeldRelease): void {
    const { version } = held.header
    for (let i = 0; i < rows; i++) {
      const row = held.find('price/base', skuOf(i))
      // null: damaged, and known to be
      if (row !== null && row !== JSON.stringify([skuOf(i), priceOf(version, i)]))
        world.broken('I3', `${context.name} reads ${row} for ${skuOf(i)} in release ${version}`)
    }
  }

  return { start: () => answer, follow, counts }
}

async function signed(version: number, began: number): Promise<string> {
  const from = Math.floor(began / 1000) - 3 * 86_400
  const built = await buildRelease(
    {
      brand: 'b',
      version,
      kid: 'k',
      validFrom: from,
      refreshAfter: from + 7 * 86_400,
      expiresAt: from + 30 * 86_400,
      books: { 'price/base': Array.from({ length: rows }, (_, i): Row => [skuOf(i), priceOf(version, i)]) },
    },
    signer,
  )
  if (!built.ok) throw new Error(JSON.stringify(built.issues))
  return pack(built.value)
}
