import type { Crypto, LogRecord, Platform } from '../../ports'
import { createMemoryDevice } from '../../memory/memory-device'
import type { MemoryDevice } from '../../memory/memory-device'
import type { Network } from './network'
import { strikes } from './stage'
import type { Stage } from './stage'
import { createWorldContext } from './world-context'
import type { ContextControl, WorldContext } from './world-context'

/** A phone, a till, a browser profile. */
export interface DeviceSetup {
  readonly brand: string
  /** Default "main". */
  readonly instance?: string
  /** Default "web". */
  readonly platform?: Platform
  /** Tabs that run at once, default 1. */
  readonly tabs?: number
  /** How far the wall clock is off at the start, milliseconds; by default drawn when clocks may be wrong. */
  readonly skew?: number
  readonly quota?: number
  readonly crypto?: Crypto
  /** The log can journal in the calling task (`LogStore.begin`), as a page's can. Default false. */
  readonly begins?: boolean
  /** The program: called at each start of each tab. What it throws is a violation of I5. */
  readonly boot: (context: WorldContext) => void | Promise<void>
}

export interface WorldDevice {
  readonly name: string
  readonly memory: MemoryDevice
  /** How many run at once when none is dead. */
  readonly tabs: number
  /** The value its programs see under that key; undefined when there is none. */
  kept(key: string): string | undefined
  /** The records its programs see in that log. */
  held(stream: string): readonly LogRecord[]
  /** Those that run now. */
  readonly contexts: readonly WorldContext[]
  /** Records the world made unreadable. */
  readonly damaged: readonly { readonly stream: string; readonly seq: number; readonly text: string }[]
  /** Hears of every record a program hands to a log, of each that it was told is stored, and of each that leaves. */
  onRecord(listener: RecordListener): void
  /** Kills every tab; with `reboot` the monotonic clock begins again. Each starts again by itself. */
  kill(reboot?: boolean): void
  /** Takes it from the network or back. */
  offline(offline: boolean): void
  /** Moves its wall clock. */
  jump(ms: number): void
  heal(): void
}

export interface RecordListener {
  given?(stream: string, seq: number, text: string): void
  stored?(stream: string, seq: number): void
  /** Called before they are gone. */
  dropped?(stream: string, gone: readonly LogRecord[]): void
}

const day = 86_400_000

/** `killAt`: numbers of port calls of this device, counted from 1, at which the tab is killed whatever the rates say. */
export function createWorldDevice(stage: Stage, network: Network, name: string, setup: DeviceSetup, killAt: readonly number[]): WorldDevice {
  const { random, schedule } = stage
  const memory = createMemoryDevice(setup.quota === undefined ? {} : { quota: setup.quota })
  const { brand, instance = 'main', platform = 'web', tabs = 1 } = setup
  const prefix = `omokit:${encodeURIComponent(brand)}:${encodeURIComponent(instance)}:`
  const running: ContextControl[] = []
  const listeners: RecordListener[] = []
  const damaged: { stream: string; seq: number; text: string }[] = []
  const wrongClock = strikes(stage, stage.faults.clock)
  const drawnSkew = random.between(-day, day)
  let skew = setup.skew === undefined ? (wrongClock ? drawnSkew : 0) : setup.skew
  let booted = schedule.now
  let stopped: number | undefined
  let offline = false
  let calls = 0

  function open(tab: number, generation: number): void {
    const contextName = `${name}/${tab}#${generation}`
    const context: ContextControl = createWorldContext({
      stage,
      network,
      name: contextName,
      tab,
      generation,
      memory,
      prefix,
      brand,
      instance,
      platform,
      ...(setup.crypto ? { crypto: setup.crypto } : {}),
      begins: setup.begins === true,
      wall: () => (stopped === undefined ? schedule.now + skew : stopped),
      mono: () => schedule.now - booted,
      offline: () => offline,
      onAppend: (stream, seq, text) => listeners.forEach((listener) => listener.given && listener.given(stream, seq, text)),
      onStored: (stream, seq) => listeners.forEach((listener) => listener.stored && listener.stored(stream, seq)),
      onDrop: (stream, gone) => listeners.forEach((listener) => listener.dropped && listener.dropped(stream, gone)),
      killPoint(where) {
        calls++
        const named = killAt.indexOf(calls) >= 0
        const struck = strikes(stage, stage.faults.kill)
        if (!named && !struck) return false
        const whole = strikes(stage, stage.faults.killDevice)
        stage.note(contextName, `killed ${where}`)
        if (whole) killAll(strikes(stage, stage.faults.reboot))
        else kill(context)
        return true
      },
    })
    running.push(context)
    stage.note(contextName, 'boot')
    // a promise that a kill cuts off never settles, so an error here is the program's own
    new Promise<void>((done) => done(setup.boot(context))).catch((error) => {
      if (context.alive) stage.uncaught(contextName, error)
    })
  }

  function kill(context: ContextControl): void {
    if (!context.alive) return
    running.splice(running.indexOf(context), 1)
    context.end()
    schedule.at(schedule.now + random.below(5000), () => open(context.tab, context.generation + 1))
  }

  function killAll(reboot: boolean): void {
    stage.note(name, reboot ? 'reboot' : 'device killed')
    if (reboot) booted = schedule.now
    running.slice().forEach(kill)
  }

  function goOffline(now: boolean): void {
    offline = now
    stage.note(name, now ? 'offline' : 'online')
    running.slice().forEach((context) => context.online(!now))
  }

  function damage(): void {
    const held = Array.from(memory.logs.keys())
      .sort()
      .filter((full) => (memory.logs.get(full) as { stats(): { count: number } }).stats().count)
    if (!held.length) return
    const full = random.pick(held)
    const log = memory.logs.get(full)
    if (!log) return
    const record = random.pick(log.read(1, Infinity, Infinity))
    const stream = full.slice(full.lastIndexOf(':') + 1)
    stage.note(name, `damage ${stream} ${record.seq}`)
    damaged.push({ stream, seq: record.seq, text: record.text })
    log.damage(record.seq, record.text.slice(0, random.below(record.text.length)))
  }

  /** Every twenty seconds or so something may happen to a device and its tabs. */
  function mishaps(): void {
    const { faults } = stage
    if (stage.healed || !(faults.corrupt || faults.offline || faults.clock || faults.freeze || faults.bfcache)) return
    const third = (rate: number): boolean => strikes(stage, rate / 3)
    if (third(faults.corrupt)) damage()
    if (third(faults.offline) && !offline) {
      goOffline(true)
      schedule.at(schedule.now + random.below(90_000), () => {
        if (offline) goOffline(false)
      })
    }
    if (third(faults.clock)) {
      if (random.chance(0.3)) {
        stopped = schedule.now + skew
        stage.note(name, 'clock stands still')
        schedule.at(schedule.now + random.below(60_000), () => (stopped = undefined))
      } else skew = random.between(-day, day)
      stage.note(name, `clock off by ${skew}`)
    }
    running.slice().forEach((context) => {
      const [freezes, leaves] = [third(faults.freeze), third(faults.bfcache)]
      if (!freezes && !leaves) return
      if (freezes) context.freeze()
      else context.putAway()
      schedule.at(schedule.now + random.below(60_000), context.thaw)
    })
    schedule.at(schedule.now + random.between(10_000, 30_000), mishaps)
  }

  for (let tab = 1; tab <= tabs; tab++) schedule.at(schedule.now + random.below(tab === 1 ? 1 : 3000), () => open(tab, 1))
  schedule.at(schedule.now + random.between(1000, 20_000), mishaps)

  return {
    name,
    memory,
    tabs,
    kept: (key) => memory.kv.get(prefix + key),
    held(stream) {
      const log = memory.logs.get(prefix + stream)
      return log ? log.read(1, Infinity, Infinity) : []
    },
    get contexts() {
      return running
    },
    damaged,
    onRecord: (listener) => void listeners.push(listener),
    kill: (reboot = false) => killAll(reboot),
    offline: goOffline,
    jump(ms) {
      skew += ms
      stage.note(name, `clock jumps by ${ms}`)
    },
    heal() {
      stopped = undefined
      if (offline) goOffline(false)
      running.slice().forEach((context) => context.thaw())
    },
  }
}
