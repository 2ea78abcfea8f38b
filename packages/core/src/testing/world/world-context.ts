import { idOf } from '../../ids'
import { OmoError } from '../../issues'
import type { Crypto, Entropy, Kv, Life, LockLost, Locks, Log, LogRecord, LogStore, Net, Platform, Ports, Time, Timer } from '../../ports'
import type { LockGrant, LockMode } from '../../memory/lock-table'
import { logOf } from '../../memory/memory-device'
import type { MemoryDevice } from '../../memory/memory-device'
import { jitter } from '../../outbox/backoff'
import { seize } from '../../outbox/stream'
import type { ShopperPorts } from '../../page/page-ports'
import type { Network } from './network'
import { strikes } from './stage'
import type { Stage } from './stage'
import { createWorldRecords } from './world-records'

/** A running tab, program or process. */
export interface WorldContext {
  readonly ports: Ports
  /** The same, as a page with events has it, and who is here. */
  readonly page: ShopperPorts
  /** "device/tab#generation". */
  readonly name: string
  readonly tab: number
  /** 1 for the first run of this tab, then counted up by each restart. */
  readonly generation: number
  readonly alive: boolean
  readonly frozen: boolean
  /** Whether it holds the lock of that name now, whatever it believes itself. */
  holds(lock: string): boolean
  /** Virtual milliseconds; never resumes once killed. */
  sleep(ms: number): Promise<void>
}

/** A context as its device sees it. */
export interface ContextControl extends WorldContext {
  /** Ends it; each store keeps a prefix of the writes that had not resolved. */
  end(): void
  freeze(): void
  /** Into the back/forward cache: frozen, its locks given up, its requests cut off. */
  putAway(): void
  /** Out of either. */
  thaw(): void
  online(online: boolean): void
}

export interface ContextSetup {
  readonly stage: Stage
  readonly network: Network
  readonly name: string
  readonly tab: number
  readonly generation: number
  readonly memory: MemoryDevice
  /** Of every key and log name of this brand and instance in the memory. */
  readonly prefix: string
  readonly brand: string
  readonly instance: string
  readonly platform: Platform
  readonly crypto?: Crypto
  /** Its log journals in the calling task, as a page's does. */
  readonly begins: boolean
  readonly wall: () => number
  readonly mono: () => number
  readonly offline: () => boolean
  /** Hears of every record handed to a log, stored in the end or not. */
  readonly onAppend: (stream: string, seq: number, text: string) => void
  /** The program was told that a record is stored. */
  readonly onStored: (stream: string, seq: number) => void
  /** Hears of records that are about to leave a log. */
  readonly onDrop: (stream: string, gone: readonly LogRecord[]) => void
  /** Called at each port call: may kill this context (and then answers true). */
  readonly killPoint: (where: string) => boolean
}

export interface Write {
  /** Needs room: a full disk refuses it. Deleting always works. */
  readonly grows?: boolean
  readonly tear?: () => void
  /** What a refusal undoes. */
  readonly refused?: () => void
}

/** One call on its way to the store. */
interface Operation {
  readonly chain: string
  readonly run: () => void
  /** Applies what a torn write leaves. */
  readonly tear?: () => void
}

export function createWorldContext(setup: ContextSetup): ContextControl {
  const { stage, memory, name } = setup
  const { random, schedule } = stage
  const { prefix } = setup
  const owner = {}
  let alive = true
  let frozen = false
  let deferred: (() => void)[] = []
  let pending: Operation[] = []
  let grants: LockGrant[] = []
  /** Counts the times it was put away: what was on its way then is cut off. */
  let departures = 0
  /** When the last call of each store is due: a store keeps the order of calls. */
  const due = new Map<string, number>()
  const hides = new Set<() => void>()
  const shows = new Set<() => void>()
  const onlines = new Set<(online: boolean) => void>()

  /** Runs the context's own code, now or after the thaw, or never. */
  const enter = (run: () => void): void => {
    if (!alive) return
    if (frozen) deferred.push(run)
    else run()
  }

  /** A call that takes a moment, may meet a kill before and after its effect, and keeps the order of its store. */
  function call<T>(label: string, chain: string, effect: () => T, write?: Write): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!alive) return
      const latency = random.chance(0.1) ? random.below(50) : random.below(3)
      const time = Math.max(due.get(chain) || 0, schedule.now + latency)
      due.set(chain, time)
      const operation: Operation = { chain, run: () => void effect(), ...(write && write.tear ? { tear: write.tear } : {}) }
      if (write) pending.push(operation)
      schedule.at(time, () => {
        if (!alive) return
        if (setup.killPoint(`before ${label}`)) return
        if (write) pending = pending.filter((other) => other !== operation)
        stage.note(name, label)
        let answer: () => void
        try {
          if (chain !== 'entropy' && strikes(stage, stage.faults.storage)) {
            if (write && write.refused) write.refused()
            throw new OmoError('unavailable', 'the virtual disk does not answer')
          }
          if (write && write.grows && strikes(stage, stage.faults.quota)) throw new OmoError('quota', 'the virtual disk is full')
          const value = effect()
          answer = () => resolve(value)
        } catch (error) {
          stage.note(name, `  ${String(error)}`)
          answer = () => reject(error)
        }
        if (setup.killPoint(`after ${label}`)) return
        if (random.chance(0.8)) enter(answer)
        else schedule.at(schedule.now + random.below(20), () => enter(answer))
      })
    })
  }

  const kv: Kv = {
    limits: { perKey: 1_000_000, total: memory.quota },
    get: (key) =>
      call(`kv.get ${key}`, 'kv', () => {
        const value = memory.kv.get(prefix + key)
        return value === undefined ? null : value
      }),
    set: (key, value) =>
      call(
        `kv.set ${key}`,
        'kv',
        () => {
          if (value.length > kv.limits.perKey || memory.used() + value.length > memory.quota) throw new OmoError('quota', 'the virtual disk is full')
          memory.kv.set(prefix + key, value)
        },
        { grows: true },
      ),
    del: (key) => call(`kv.del ${key}`, 'kv', () => void memory.kv.delete(prefix + key), {}),
    keys: (start) =>
      call(`kv.keys ${start}`, 'kv', () =>
        Array.from(memory.kv.keys())
          .filter((key) => key.indexOf(prefix + start) === 0)
          .map((key) => key.slice(prefix.length))
          .sort(),
      ),
  }

  function openLog(stream: string): Log {
    const chain = `log:${stream}`
    const records = () => logOf(memory, prefix + stream)
    const note = `note:${prefix}${stream}`
    const leave = (which: (record: LogRecord) => boolean): void => {
      const gone = records().read(1, Infinity, Infinity).filter(which)
      if (gone.length) setup.onDrop(stream, gone)
    }
    return {
      append(first, texts) {
        if (alive) texts.forEach((text, i) => setup.onAppend(stream, first + i, text))
        const stored = call(
          `log.append ${stream} ${first}+${texts.length}`,
          chain,
          () => {
            if (memory.used() + texts.reduce((sum, text) => sum + text.length, 0) > memory.quota) throw new OmoError('quota', 'the virtual disk is full')
            records().append(first, texts)
          },
          { grows: true, tear: () => records().append(first, texts.slice(0, random.below(texts.length + 1))) },
        )
        stored.then(
          () => texts.forEach((_, i) => setup.onStored(stream, first + i)),
          () => undefined,
        )
        return stored
      },
      read: (from, max, maxBytes) => call(`log.read ${stream} ${from}`, chain, () => records().read(from, max, maxBytes)),
      drop: (upTo, except) =>
        call(
          `log.drop ${stream} ..${upTo}${except && except.length ? ` but ${except.join()}` : ''}`,
          chain,
          () => {
            leave(({ seq }) => seq <= upTo && !(except && except.indexOf(seq) >= 0))
            records().drop(upTo, except)
          },
          {},
        ),
      stats: () =>
        call(`log.stats ${stream}`, chain, () => {
          const noted = memory.kv.get(note)
          return { ...records().stats(), ...(noted ? { reserved: Number(noted.replace('=', '')), exact: noted.charAt(0) === '=' } : {}) }
        }),
      ...(setup.begins
        ? {
            reserve(upTo: number, exact?: boolean): void {
              const write = { refused: () => void memory.kv.delete(note) }
              call(`log.reserve ${stream} ..${upTo}`, chain, () => void memory.kv.set(note, (exact ? '=' : '') + upTo), write).catch(() => undefined)
            },
            forget: () =>
              call(
                `log.forget ${stream}`,
                chain,
                () => {
                  leave(() => true)
                  memory.kv.delete(note)
                  memory.logs.delete(prefix + stream)
                },
                {},
              ),
          }
        : {}),
    }
  }

  const log: LogStore = {
    open: openLog,
    list: () =>
      call('log.list', 'list', () => {
        const streams: string[] = []
        memory.logs.forEach((records, full) => full.indexOf(prefix) === 0 && records.stats().count && streams.push(full.slice(prefix.length)))
        memory.kv.forEach((_, key) => key.indexOf(`note:${prefix}`) === 0 && streams.push(key.slice(5 + prefix.length)))
        return Array.from(new Set(streams)).sort()
      }),
    ...(setup.begins ? { begin: () => idOf(random.bytes(21)) } : {}),
  }

  const timer: Timer = {
    after(ms, run) {
      let cancelled = false
      const cancel = schedule.at(schedule.now + Math.max(0, ms) + random.below(5), () =>
        enter(() => {
          if (cancelled) return
          stage.note(name, 'timer')
          run()
        }),
      )
      return () => {
        cancelled = true
        cancel()
      }
    },
  }

  const under =
    (mode: LockMode) =>
    <T>(lock: string, run: (lost: LockLost) => Promise<T>): Promise<T | undefined> =>
      new Promise<LockGrant | undefined>((resolve) => {
        if (!alive) return
        memory.locks.acquire(prefix + lock, owner, mode, (grant) =>
          schedule.at(schedule.now + random.below(3), () => {
            if (alive && setup.killPoint(`lock ${mode} ${lock}`)) return
            enter(() => {
              stage.note(name, `lock ${mode} ${lock} ${grant ? 'granted' : 'taken'}`)
              resolve(grant)
            })
          }),
        )
      }).then(async (grant) => {
        if (!grant) return undefined
        grants.push(grant)
        try {
          return await run(() => grant.lost)
        } finally {
          grants = grants.filter((other) => other !== grant)
          if (alive) memory.locks.release(grant)
        }
      })
  const locks: Locks = { hold: under('wait') as Locks['hold'], ifFree: under('if-free'), steal: under('steal') as Locks['steal'] }

  const listen =
    <T>(set: Set<T>) =>
    (listener: T): (() => void) => {
      set.add(listener)
      return () => void set.delete(listener)
    }
  const life: Life = { onHide: listen(hides), onShow: listen(shows), onOnline: listen(onlines) }

  const net: Net = {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (!alive) return
        const departure = departures
        const heard = setup.network.leaves(name, request)
        setup.network.send(name, request, setup.offline(), (answer) => {
          if (!alive || setup.killPoint('answer')) return
          const outcome = departure === departures ? answer : new OmoError('unavailable', 'cut off')
          enter(() => {
            heard(outcome)
            if (outcome instanceof OmoError) reject(outcome)
            else resolve(outcome)
          })
        })
      }),
  }

  const entropy: Entropy = { strength: 'secure', fill: (bytes) => call(`entropy ${bytes}`, 'entropy', () => random.bytes(bytes)) }
  const time: Time = { now: setup.wall, mono: setup.mono, zone: () => 480 }
  const records = createWorldRecords({ ...setup, random, kv, alive: () => alive, call })

  const context: ContextControl = {
    name,
    tab: setup.tab,
    generation: setup.generation,
    get alive() {
      return alive
    },
    get frozen() {
      return frozen
    },
    holds: (lock) => memory.locks.heldBy(prefix + lock) === owner,
    sleep: (ms) => new Promise((resolve) => void timer.after(ms, resolve)),
    ports: {
      env: { platform: setup.platform, brand: setup.brand, instance: setup.instance },
      kv,
      log,
      net,
      life,
      timer,
      locks,
      entropy,
      time,
      ...(setup.crypto ? { crypto: setup.crypto } : {}),
    },
    page: {
      kv,
      net,
      timer,
      random: () => jitter(entropy),
      time,
      entropy,
      life,
      locks,
      records,
      addTrade: records.addTrade,
      names: async (start) => (await kv.keys(start)).map((key) => key.slice(start.length)),
      seize: (lock) => seize(locks, lock),
      watch(goes, back) {
        const offs = [life.onHide(goes), life.onShow(back), life.onOnline((online) => online && back())]
        return () => offs.forEach((off) => off())
      },
    },
    end() {
      if (!alive) return
      alive = false
      deferred = []
      cutToPrefix(stage, pending)
      pending = []
      memory.locks.dropOwner(owner)
    },
    freeze() {
      if (!alive || frozen) return
      stage.note(name, 'freeze')
      Array.from(hides).forEach((listener) => listener())
      frozen = true
    },
    putAway() {
      if (!alive || frozen) return
      stage.note(name, 'put away')
      Array.from(hides).forEach((listener) => listener())
      frozen = true
      departures++
      grants.forEach((grant) => {
        grant.lost = true
        memory.locks.release(grant)
      })
      grants = []
    },
    thaw() {
      if (!alive || !frozen) return
      stage.note(name, 'thaw')
      frozen = false
      const runs = deferred
      deferred = []
      runs.forEach((run) => schedule.at(schedule.now, () => enter(run)))
      schedule.at(schedule.now, () => enter(() => Array.from(shows).forEach((listener) => listener())))
    },
    online: (online) => enter(() => Array.from(onlines).forEach((listener) => listener(online))),
  }
  return context
}

/** The death of a context: per store the first few calls on their way still arrive, one more may arrive in part. */
function cutToPrefix(stage: Stage, pending: readonly Operation[]): void {
  const tears = strikes(stage, stage.faults.tear)
  const chains = Array.from(new Set(pending.map((operation) => operation.chain)))
  chains.forEach((chain) => {
    const calls = pending.filter((operation) => operation.chain === chain)
    const whole = tears ? stage.random.below(calls.length + 1) : calls.length
    calls.slice(0, whole).forEach((operation) => quietly(operation.run))
    const next = calls[whole]
    if (next && next.tear) quietly(next.tear)
    if (whole < calls.length) stage.note('disk', `${chain}: ${whole} of ${calls.length} writes arrived`)
  })
}

/** Nobody is left to hear of an error. */
function quietly(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof OmoError)) throw error
  }
}
