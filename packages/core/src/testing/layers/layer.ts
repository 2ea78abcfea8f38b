import { createContext, runInContext } from 'node:vm'
import { withoutLaterBuiltIns } from './later-built-ins'
import { machineClock } from './layer-clock'
import type { LayerClock } from './layer-clock'
import { createLayerNetwork } from './layer-network'
import type { LayerNetwork, LayerServer } from './layer-network'
import { createLayerStorage } from './layer-storage'
import type { LayerStorage } from './layer-storage'
import { createPulse } from './pulse'
import type { Pulse } from './pulse'

/** Options of {@link createWechatLayer}, {@link createAlipayLayer} and {@link createDouyinLayer}. */
export interface LayerOptions {
  /** Bytes of storage the mini-program itself has taken, default 0. */
  readonly taken?: number
  /** Answers the layer's requests; by default nothing does. */
  readonly server?: LayerServer
  /** Default: the machine's. */
  readonly clock?: LayerClock
  /** Milliseconds from hide to freeze, default 5,000. */
  readonly freezeAfter?: number
  /** Gives the HTTP status as a string, as a WeChat client on Android 6 was seen to do. */
  readonly statusAsString?: boolean
  /** WeChat: without `wx.getRandomValues`, as below base library 2.15.0. */
  readonly noRandom?: boolean
  /** Numbers in [0, 1) instead of the machine's randomness: the same run again. */
  readonly random?: () => number
  /** WeChat: what `wx.getPrivacySetting` says; without it the call is missing, as below base library 2.32.3. */
  readonly privacy?: { readonly needAuthorization: boolean; readonly privacyContractName: string }
  /** How the mini-program was entered: what `getEnterOptionsSync` answers until `show` tells of another entry. Default: WeChat's 1001, without a query. */
  readonly enter?: LayerEntry
  /** Alipay: an HTTP error status comes to `fail` with its answer (default), or without. */
  readonly bareErrors?: boolean
  /** Alipay: a missing key is answered with an error instead of no data. */
  readonly absentIsError?: boolean
  /** Kills the layer in this write to storage, counted from its launch: `before` it is kept, or `after`. */
  readonly killAtWrite?: { readonly write: number; readonly when: 'before' | 'after' }
  /** Leaves what came after ES2017 in place; by default it is removed. */
  readonly modern?: boolean
  /** Globals of other hosts that stand beside this one's, such as a `wx` in Douyin. */
  readonly beside?: Readonly<Record<string, unknown>>
  /** Hears what a callback threw; by default it is thrown. */
  readonly onFault?: (fault: unknown) => void
}

/** An entry into the mini-program, as the host tells it. */
export interface LayerEntry {
  readonly path?: string
  readonly query?: Readonly<Record<string, string>>
  readonly scene?: number | string
}

/** A simulated logic layer: one running mini-program. */
export interface Layer {
  readonly alive: boolean
  readonly frozen: boolean
  readonly storage: LayerStorage
  readonly network: LayerNetwork
  /** Runs a CommonJS file as the host does, without `require`; answers its exports. */
  load(code: string): unknown
  /** To the background: code stands still five seconds later, and what is in flight then fails. */
  hide(): void
  /** Back to the front, by another entry where one is given. */
  show(entry?: LayerEntry): void
  online(online: boolean): void
  memoryWarning(): void
  /** Ends it at once: no promise settles, no timer runs, no write arrives any more. */
  kill(): void
  /** Kills it if it lives, and starts the mini-program again on the storage that is left. */
  relaunch(options?: LayerOptions): Layer
}

/** What a host adds to the layer. */
export interface HostParts {
  readonly options: LayerOptions
  readonly storage: LayerStorage
  readonly network: LayerNetwork
  readonly pulse: Pulse
  /** Makes values of the layer's own realm: hosts pass no foreign objects. */
  local<T>(value: T): T
  /** The last entry. */
  entry(): LayerEntry
  /** Calls the layer back, never in the same task. */
  later(callback: unknown, value?: unknown): void
  /** Storage writes go through here. */
  write(effect: () => void): void
  /** Registers, takes off and tells listeners. */
  readonly events: HostEvents
}

export interface HostEvents {
  add(event: string): (listener: unknown) => void
  remove(event: string): (listener: unknown) => void
}

/** How one host differs from another. */
export interface HostProfile {
  /** Name of the host's object. */
  readonly global: string
  /** Names a file of the mini-program finds undefined. */
  readonly barred: readonly string[]
  /** Prepares the context, in source text. */
  readonly prepare: string
  host(parts: HostParts): Readonly<Record<string, unknown>>
}

/** A layer of that profile. */
export function createLayer(profile: HostProfile, options: LayerOptions, storage: LayerStorage = createLayerStorage(options.taken)): Layer {
  const clock = options.clock || machineClock
  const pulse = createPulse(
    clock,
    options.onFault ||
      ((fault) => {
        throw fault
      }),
  )
  const network = createLayerNetwork(options.server || (() => Promise.reject(new Error('no server'))), pulse, clock)
  const listeners = new Map<string, Set<(value?: unknown) => void>>()
  const heard = (event: string): Set<(value?: unknown) => void> => {
    const known = listeners.get(event) || new Set()
    listeners.set(event, known)
    return known
  }
  const tell = (event: string, value?: unknown): void => pulse.enter(() => Array.from(heard(event)).forEach((listener) => listener(value)))
  const events: HostEvents = {
    add: (event) => (listener) => void heard(event).add(listener as () => void),
    // without a listener all go, as the vendors' pages say
    remove: (event) => (listener) => void (listener ? heard(event).delete(listener as () => void) : heard(event).clear()),
  }

  const context = createContext(Object.create(null) as object, { codeGeneration: { strings: false, wasm: false } })
  const inside = (code: string): unknown => runInContext(code, context)
  const assign = inside('(function (values) { for (var name in values) this[name] = values[name] }).bind(this)') as (values: object) => void
  const parse = inside('JSON.parse') as (text: string) => unknown
  const bytes = inside('(function (values) { return new Uint8Array(values).buffer })') as (values: readonly number[]) => ArrayBuffer
  const local = <T>(value: T): T =>
    (value instanceof Uint8Array ? bytes(Array.from(value)) : value === undefined ? undefined : parse(JSON.stringify(value))) as T

  let writes = 0
  let entry: LayerEntry = options.enter || { path: '', query: {}, scene: 1001 }
  const parts: HostParts = {
    options,
    storage,
    network,
    pulse,
    local,
    events,
    entry: () => entry,
    later: (callback, value) => {
      if (typeof callback === 'function') pulse.after(0, () => (callback as (value: unknown) => void)(local(value)))
    },
    write(effect) {
      pulse.check()
      const { write, when } = options.killAtWrite || { write: 0, when: 'after' }
      const fatal = ++writes === write
      if (!fatal || when === 'after') effect()
      if (fatal) {
        layer.kill()
        pulse.check()
      }
    },
  }

  const timers = new Map<number, () => void>()
  let lastTimer = 0
  const timer =
    (again: boolean) =>
    (run: (...values: unknown[]) => void, ms: number = 0, ...values: unknown[]): number => {
      const id = ++lastTimer
      const start = (): void =>
        void timers.set(
          id,
          pulse.after(Math.max(0, ms), () => {
            if (again) start()
            else timers.delete(id)
            run(...values)
          }),
        )
      start()
      return id
    }
  const clear = (id: number): void => {
    const cancel = timers.get(id)
    if (cancel) cancel()
    timers.delete(id)
  }
  const silent = (): void => {}
  assign({
    setTimeout: timer(false),
    setInterval: timer(true),
    clearTimeout: clear,
    clearInterval: clear,
    console: { log: silent, info: silent, warn: silent, error: silent, debug: silent },
    __now: () => clock.time.now(),
    ...options.beside,
    [profile.global]: profile.host(parts),
  })
  inside(
    '(function (now) { Date.now = now; Date = (function (Native) { function Date() { return arguments.length ? new (Function.prototype.bind.apply(Native, [null].concat([].slice.call(arguments))))() : new Native(now()) } Date.prototype = Native.prototype; Date.now = now; Date.UTC = Native.UTC; Date.parse = Native.parse; return Date })(Date) })(__now); delete this.__now',
  )
  if (options.random) (inside('(function (random) { Math.random = random })') as (random: () => number) => void)(options.random)
  if (!options.modern) inside(withoutLaterBuiltIns)
  inside(`${profile.prepare}; ${engineExtras.map((name) => `delete this.${name}`).join('; ')}`)

  let cancelFreeze = silent
  const layer: Layer = {
    get alive() {
      return pulse.state !== 'dead'
    },
    get frozen() {
      return pulse.state === 'frozen'
    },
    storage,
    network,
    load(code) {
      const names = ['module', 'exports', 'require', ...profile.barred]
      const run = inside(`(function (${names.join(', ')}) { ${code}\n})`) as (...values: unknown[]) => void
      const module = inside('({ exports: {} })') as { exports: unknown }
      run(module, module.exports)
      return module.exports
    },
    hide() {
      tell('hide')
      cancelFreeze()
      cancelFreeze = clock.timer.after(options.freezeAfter === undefined ? 5_000 : options.freezeAfter, () => {
        if (pulse.state !== 'runs') return
        pulse.freeze()
        network.interrupt()
      })
    },
    show(next) {
      entry = next || entry
      cancelFreeze()
      cancelFreeze = silent
      pulse.thaw()
      tell('show', local(entry))
    },
    online(online) {
      network.online = online
      tell('network', local({ isConnected: online, networkType: online ? 'wifi' : 'none' }))
    },
    memoryWarning: () => tell('memory', local({ level: 10 })),
    kill() {
      cancelFreeze()
      pulse.kill()
      network.interrupt()
    },
    relaunch(next) {
      layer.kill()
      const { killAtWrite: _, ...rest } = options
      return createLayer(profile, { ...rest, ...next }, storage)
    },
  }
  return layer
}

/** What Node's engine has in a bare context and no mini-program promises. */
const engineExtras = ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'Intl', 'escape', 'unescape', 'globalThis', 'eval']
