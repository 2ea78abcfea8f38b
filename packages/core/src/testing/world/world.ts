import type { FetchLike } from '../../memory/fetch-net'
import { drawFaults, noFaults } from './faults'
import type { Faults } from './faults'
import { createNetwork } from './network'
import type { Exchange, SendListener, WorldServer } from './network'
import { createRandom } from './random'
import type { Random } from './random'
import { createSchedule, runOut } from './schedule'
import type { Stage } from './stage'
import { createTrace } from './trace'
import { createWorldDevice } from './world-device'
import type { DeviceSetup, WorldDevice } from './world-device'

/** Options of {@link createWorld}. */
export interface WorldOptions {
  readonly seed: number
  /** Rates that replace the drawn ones; "none" for a world in which nothing goes wrong. */
  readonly faults?: Partial<Faults> | 'none'
  /** Virtual time at the start, default 2026-06-01T00:00:00Z. */
  readonly start?: number
  /** Kills by number of port call, by device: for trying every await one after another. */
  readonly killAt?: Readonly<Record<string, readonly number[]>>
}

/**
 * A small universe in one thread: devices with tabs, servers, and a network, under a virtual clock and faults drawn from
 * a seed. Only the world makes time pass; between two happenings every promise chain has run out. The same seed gives the
 * same run, line by line.
 */
export interface World {
  readonly seed: number
  readonly random: Random
  readonly faults: Faults
  readonly devices: readonly WorldDevice[]
  /** True time, milliseconds. */
  now(): number
  device(name: string, setup: DeviceSetup): WorldDevice
  /** `start` is called at the beginning and after each crash; anything kept outside it is what the server stored. */
  server(origin: string, start: () => FetchLike | Promise<FetchLike>): WorldServer
  /** Hears of every request a server handled. */
  onExchange(listener: (exchange: Exchange) => void): void
  /** Hears of every request as it leaves a device, and of what came of it. */
  onSend(listener: SendListener): void
  /** Lets `ms` of virtual time pass. Throws a WorldError when a promise was broken. */
  run(ms: number): Promise<void>
  /** Lets time pass until `done`, looking once a virtual second, at most `ms`; says whether it came to it. */
  runUntil(done: () => boolean | Promise<boolean>, ms: number): Promise<boolean>
  /** Ends every fault for good: from now on all must come right by itself. */
  heal(): void
  /** A line in the trace. */
  note(actor: string, what: string): void
  /** Calls `run` once `ms` of virtual time have passed. */
  after(ms: number, run: () => void): void
  /** Notes a broken promise from inside somebody else's code: the run ends with it. */
  broken(invariant: string, what: string): void
  /** Ends the run with a broken promise. */
  fail(invariant: string, what: string): never
  traceHash(): string
  trace(lines?: number): string
}

/** A broken promise, with the seed and the last lines of the trace. */
export class WorldError extends Error {
  readonly invariant: string
  readonly seed: number
  /** The last thousands of lines; the message carries but the end of them. */
  declare readonly trace: string
  constructor(invariant: string, what: string, seed: number, trace: string) {
    super(`${invariant} broken in the world of seed ${seed}: ${what}\n${trace.split('\n').slice(-100).join('\n')}`)
    // not enumerable: printing the error must not print thousands of lines
    Object.defineProperty(this, 'trace', { value: trace })
    this.name = 'WorldError'
    this.invariant = invariant
    this.seed = seed
  }
}

export function createWorld(options: WorldOptions): World {
  const { seed, start = Date.UTC(2026, 5, 1), killAt = {} } = options
  const random = createRandom(seed)
  const schedule = createSchedule(start)
  const trace = createTrace(start)
  const drawn = drawFaults(random)
  const faults: Faults = options.faults === 'none' ? noFaults : { ...drawn, ...options.faults }
  const devices: WorldDevice[] = []
  const problems: WorldError[] = []

  const error = (invariant: string, what: string): WorldError => new WorldError(invariant, what, seed, trace.tail(Infinity))
  const told = (actor: string, cause: unknown): WorldError =>
    cause instanceof WorldError ? cause : error('I5', `${actor} threw ${cause instanceof Error && cause.stack ? cause.stack : String(cause)}`)
  const stage: Stage = {
    random,
    schedule,
    trace,
    faults,
    healed: false,
    note: (actor, what) => trace.note(schedule.now, actor, what),
    uncaught: (actor, cause) => void problems.push(told(actor, cause)),
  }
  const network = createNetwork(stage)

  async function step(): Promise<void> {
    try {
      await schedule.step()
    } catch (cause) {
      throw problems[0] || told('a callback', cause)
    }
    const [problem] = problems
    if (problem) throw problem
  }

  async function runTo(end: number): Promise<void> {
    await runOut()
    for (let next = schedule.next(); next !== undefined && next <= end; next = schedule.next()) await step()
    schedule.pass(end)
  }

  return {
    seed,
    random,
    faults,
    devices,
    now: () => schedule.now,
    device(name, setup) {
      const device = createWorldDevice(stage, network, name, setup, killAt[name] || [])
      devices.push(device)
      return device
    },
    server: network.server,
    onExchange: network.onExchange,
    onSend: network.onSend,
    run: (ms) => runTo(schedule.now + ms),
    async runUntil(done, ms) {
      const end = schedule.now + ms
      while (!(await done())) {
        if (schedule.now >= end) return false
        await runTo(Math.min(end, schedule.now + 1000))
      }
      return true
    },
    heal() {
      stage.note('world', 'heal')
      stage.healed = true
      network.heal()
      devices.forEach((device) => device.heal())
    },
    note: stage.note,
    after: (ms, run) => void schedule.at(schedule.now + ms, run),
    broken: (invariant, what) => void problems.push(error(invariant, what)),
    fail(invariant, what) {
      throw error(invariant, what)
    },
    traceHash: trace.hash,
    trace: trace.tail,
  }
}
