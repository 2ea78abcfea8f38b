import { OmoError } from '../issues'
import type { Crypto, Entropy, Kv, Life, LockLost, Locks, Log, LogStore, Net, Platform, Ports, Time, Timer } from '../ports'
import { fetchNet } from './fetch-net'
import type { FetchLike } from './fetch-net'
import type { LockGrant, LockMode } from './lock-table'
import { createMemoryDevice, logOf } from './memory-device'
import type { MemoryDevice } from './memory-device'

/** Options of {@link createMemoryPorts}. */
export interface MemoryPortsOptions {
  readonly brand: string
  /** Default "main". */
  readonly instance?: string
  /** Default "memory". */
  readonly platform?: Platform
  /** Where things are kept; by default a device of its own. Pass one to share it between tabs or to outlive a restart. */
  readonly device?: MemoryDevice
  /** Default: every request is answered `unavailable`. */
  readonly net?: Net | FetchLike
  /** Default: the clock of the machine. */
  readonly time?: Time
  readonly timer?: Timer
  readonly entropy?: Entropy
  readonly crypto?: Crypto
  readonly app?: string
  readonly language?: string
}

/** Ports in memory, with the strings a test pulls. */
export interface MemoryPorts extends Ports {
  readonly host: MemoryHost
}

/** What the surroundings do to a page, mini-program or process. */
export interface MemoryHost {
  readonly device: MemoryDevice
  readonly alive: boolean
  hide(): void
  show(): void
  /** Tells listeners and, when false, answers every request `unavailable`. */
  online(online: boolean): void
  /** Ends this context as SIGKILL does: pending promises never settle, later calls do nothing, its locks are free. */
  kill(): void
}

/**
 * A runtime without a runtime: everything in memory, for tests, demonstrations and simulated tills. Keeps the same
 * promises as the real adapters and passes the same contract suites.
 *
 * @example
 * const device = createMemoryDevice()
 * const ports = createMemoryPorts({ brand: 'demo', device, net: (url, init) => app.request(url, init) })
 * ports.host.kill()
 * const restarted = createMemoryPorts({ brand: 'demo', device })
 */
export function createMemoryPorts(options: MemoryPortsOptions): MemoryPorts {
  const { brand, instance = 'main', platform = 'memory', device = createMemoryDevice(), time = machineTime(), entropy = machineEntropy() } = options
  const prefix = `omokit:${encodeURIComponent(brand)}:${encodeURIComponent(instance)}:`
  let alive = true
  let connected = true
  const hides = new Set<() => void>()
  const shows = new Set<() => void>()
  const onlines = new Set<(online: boolean) => void>()

  /** Runs `effect` now; its outcome reaches the caller in a later microtask, unless the context died meanwhile. */
  const settle = <T>(effect: () => T | Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      if (!alive) return
      new Promise<T>((done) => done(effect())).then(
        (value) => alive && resolve(value),
        (error) => alive && reject(error),
      )
    })

  const room = (more: number): void => {
    if (more > 0 && device.used() + more > device.quota) throw new OmoError('quota', `the device holds ${device.quota} characters at most`)
  }

  const kv: Kv = {
    limits: { perKey: 1_000_000, total: device.quota },
    get: (key) =>
      settle(() => {
        const value = device.kv.get(prefix + key)
        return value === undefined ? null : value
      }),
    set: (key, value) =>
      settle(() => {
        const old = device.kv.get(prefix + key)
        if (value.length > kv.limits.perKey) throw new OmoError('quota', `${key} takes more than ${kv.limits.perKey} characters`)
        room(value.length - (old === undefined ? -(prefix.length + key.length) : old.length))
        device.kv.set(prefix + key, value)
      }),
    del: (key) => settle(() => void device.kv.delete(prefix + key)),
    keys: (start) =>
      settle(() =>
        Array.from(device.kv.keys())
          .filter((key) => key.indexOf(prefix + start) === 0)
          .map((key) => key.slice(prefix.length))
          .sort(),
      ),
  }

  const openLog = (stream: string): Log => {
    const records = () => logOf(device, prefix + stream)
    return {
      append: (first, texts) =>
        settle(() => {
          room(texts.reduce((sum, text) => sum + text.length, 0))
          records().append(first, texts)
        }),
      read: (from, max, maxBytes) => settle(() => records().read(from, max, maxBytes)),
      drop: (upTo, except) => settle(() => records().drop(upTo, except)),
      stats: () => settle(() => records().stats()),
    }
  }

  const log: LogStore = {
    open: openLog,
    list: () =>
      settle(() => {
        const streams: string[] = []
        device.logs.forEach((records, name) => name.indexOf(prefix) === 0 && records.stats().count && streams.push(name.slice(prefix.length)))
        return streams.sort()
      }),
  }

  const timer: Timer = {
    after: (ms, run) => (options.timer || machineTimer).after(ms, () => alive && run()),
  }

  const wire = options.net
  const net = wire && (typeof wire === 'function' ? fetchNet(wire, timer) : wire)
  const stream = net && net.stream
  const guarded: Net = {
    send: (request) => settle(() => (net && connected ? net.send(request) : Promise.reject(new OmoError('unavailable', 'no network')))),
    ...(net && stream
      ? {
          stream: (url, on) =>
            stream.call(net, url, {
              onEvent: (event) => alive && on.onEvent(event),
              onOpen: () => alive && on.onOpen && on.onOpen(),
              onError: () => alive && on.onError(),
            }),
        }
      : {}),
  }

  const under =
    (mode: LockMode) =>
    <T>(name: string, run: (lost: LockLost) => Promise<T>): Promise<T | undefined> =>
      settle(() => new Promise<LockGrant | undefined>((granted) => device.locks.acquire(prefix + name, owner, mode, granted))).then((grant) => {
        if (!grant) return undefined
        const free = (): void => device.locks.release(grant)
        return settle(() => run(() => grant.lost)).then(
          (value) => {
            free()
            return value
          },
          (error) => {
            free()
            throw error
          },
        )
      })
  const locks: Locks = { hold: under('wait') as Locks['hold'], ifFree: under('if-free'), steal: under('steal') as Locks['steal'] }

  const listen =
    <T>(set: Set<T>) =>
    (listener: T): (() => void) => {
      set.add(listener)
      return () => void set.delete(listener)
    }
  const life: Life = { onHide: listen(hides), onShow: listen(shows), onOnline: listen(onlines) }
  const tell = <T>(set: Set<T>, call: (listener: T) => void): void => {
    if (alive) Array.from(set).forEach(call)
  }

  const owner = {
    kill(): void {
      if (!alive) return
      alive = false
      detach()
      device.locks.dropOwner(owner)
    },
  }
  const detach = device.attach(owner)

  const host: MemoryHost = {
    device,
    get alive() {
      return alive
    },
    hide: () => tell(hides, (listener) => listener()),
    show: () => tell(shows, (listener) => listener()),
    online(online) {
      connected = online
      tell(onlines, (listener) => listener(online))
    },
    kill: owner.kill,
  }

  return {
    host,
    env: {
      platform,
      brand,
      instance,
      ...(options.app === undefined ? {} : { app: options.app }),
      ...(options.language === undefined ? {} : { language: options.language }),
    },
    kv,
    log,
    net: guarded,
    life,
    time,
    timer,
    locks,
    entropy: { strength: entropy.strength, fill: (bytes) => settle(() => entropy.fill(bytes)) },
    ...(options.crypto ? { crypto: options.crypto } : {}),
  }
}

const machineTimer: Timer = {
  after(ms, run) {
    // setTimeout takes 31 bits and fires at once above that
    const id: unknown = setTimeout(run, Math.min(ms, 0x7fffffff))
    if (typeof id === 'object' && id !== null && 'unref' in id) (id as { unref(): void }).unref()
    return () => clearTimeout(id as number)
  },
}

function machineTime(): Time {
  const start = Date.now()
  let last = 0
  return {
    now: () => Date.now(),
    mono: () => (last = Math.max(last, Date.now() - start)),
    zone: () => -new Date().getTimezoneOffset(),
  }
}

function machineEntropy(): Entropy {
  if (typeof crypto === 'object' && typeof crypto.getRandomValues === 'function') {
    return { strength: 'secure', fill: (bytes) => Promise.resolve(crypto.getRandomValues(new Uint8Array(bytes))) }
  }
  return { strength: 'weak', fill: (bytes) => Promise.resolve(Uint8Array.from({ length: bytes }, () => Math.floor(Math.random() * 256))) }
}
