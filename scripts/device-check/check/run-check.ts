import type { Ports } from '@omokit/core'
import { contracts } from '@omokit/core/testing'
import type { ContractCase, PortHarness } from '@omokit/core/testing'
import { sealsOfSeeds } from '../../../packages/rules/test/seals-of-seeds'

/** Names of the suites, in the order they run. */
export const suiteNames = ['time', 'timer', 'entropy', 'kv', 'log', 'locks', 'life', 'crypto', 'net', 'seals'] as const
export type SuiteName = (typeof suiteNames)[number]

/** What the check needs of the place it runs in. */
export interface CheckPlace {
  /** Ports with storage of their own for one case. */
  harness(): PortHarness | Promise<PortHarness>
  /** Removes what the cases stored. */
  clean(): void | Promise<void>
  /** Why a suite cannot run here. */
  readonly skips: Readonly<Partial<Record<SuiteName, string>>>
  /** The seals as Node computed them when the check was built. */
  readonly seals: string
}

export interface SuiteResult {
  readonly name: SuiteName
  readonly state: 'waiting' | 'running' | 'passed' | 'failed' | 'skipped'
  readonly passed: number
  /** Cases that need what this place does not have: a full disk, a person, event streams. Not passed. */
  readonly untested: number
  readonly total: number
  readonly ms: number
  /** Why it was skipped. */
  readonly reason?: string
  readonly failures: readonly { readonly name: string; readonly reason: string }[]
}

/** Random baskets that must have the same seals on every engine. */
const baskets = 60
/** No case takes this long, not even on a slow phone: one that does will never end. */
const patience = 60_000

/** The seals that `place.seals` must hold. */
export const expectedSeals = (): string => sealsOfSeeds(baskets)

/** Runs every suite, one case after the other, and tells after each. */
export async function runCheck(place: CheckPlace, tell: (suites: readonly SuiteResult[]) => void): Promise<readonly SuiteResult[]> {
  const suites: SuiteResult[] = suiteNames.map((name) => {
    const reason = place.skips[name]
    return {
      name,
      state: reason ? 'skipped' : 'waiting',
      passed: 0,
      untested: 0,
      total: casesOf(name, place).length,
      ms: 0,
      failures: [],
      ...(reason && { reason }),
    }
  })
  for (let i = 0; i < suites.length; i++) {
    const start = Date.now()
    const change = (more: Partial<SuiteResult>): void => {
      suites[i] = Object.assign({}, suites[i], { ms: Date.now() - start }, more)
      tell(suites.slice())
    }
    const { name, state } = suites[i] as SuiteResult
    if (state === 'skipped') continue
    change({ state: 'running' })
    for (const each of casesOf(name, place)) {
      try {
        const { harness, missed } = watched(await place.harness())
        await inTime(() => each.run(harness))
        const { passed, untested } = suites[i] as SuiteResult
        change(missed() ? { untested: untested + 1 } : { passed: passed + 1 })
      } catch (error) {
        change({ failures: (suites[i] as SuiteResult).failures.concat({ name: each.name, reason: textOf(error) }) })
      }
      await place.clean()
    }
    change({ state: (suites[i] as SuiteResult).failures.length ? 'failed' : 'passed' })
  }
  return suites
}

/** The harness, and whether a case asked it for something it does not have and so let its promise pass. */
function watched(harness: PortHarness): { readonly harness: PortHarness; missed(): boolean } {
  let missed = false
  const open = (ports: Ports): Ports => {
    if (ports.net && !ports.net.stream) miss(ports.net, 'stream')
    if (!ports.crypto) miss(ports, 'crypto')
    return ports
  }
  const miss = (of: object, name: string): void =>
    void Object.defineProperty(of, name, {
      configurable: true,
      get: () => {
        missed = true
        return undefined
      },
    })
  const given: PortHarness = Object.assign({}, harness, {
    open: (options?: Parameters<PortHarness['open']>[0]) => open(harness.open(options)),
    restart: async () => open(await harness.restart()),
  })
  for (const name of ['fill', 'world'] as const) if (!harness[name]) miss(given, name)
  return { harness: given, missed: () => missed }
}

function casesOf(name: SuiteName, place: CheckPlace): readonly ContractCase[] {
  return name === 'seals' ? [sealsCase(place.seals)] : contracts[name]
}

const sealsCase = (expected: string): ContractCase => ({
  name: `${baskets} random baskets have the seals they have in Node`,
  run: async () => {
    const found = expectedSeals()
    if (found !== expected) throw new Error(`${found} instead of ${expected}`)
  },
})

function inTime(work: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no end after ${patience / 1000} s`)), patience)
    const over = (end: () => void): void => {
      clearTimeout(timer)
      end()
    }
    work().then(
      () => over(resolve),
      (error: unknown) => over(() => reject(error as Error)),
    )
  })
}

const textOf = (error: unknown): string => String((error && (error as { message?: unknown }).message) || error).slice(0, 300)
