import type { ClockSource } from './facts'
import type { Kv, Time } from './ports'

/** A reading of the corrected clock. */
export interface ClockReading {
  /** Best estimate of true time, milliseconds. */
  readonly now: number
  /** The device's own wall clock, milliseconds. */
  readonly device: number
  readonly mono: number
  readonly source: ClockSource
  /** `now - device` when known. */
  readonly offset?: number
}

/**
 * Time as far as it can be known on a device with a wrong clock.
 * `server`: a server time was seen in this boot and the wall clock has not jumped since. `server+mono`: the wall clock
 * jumped, the monotonic clock carries the last server time on. `floor`: only the last signed or server time is known and
 * the device claims an earlier one. `device`: nothing better than the device's word.
 */
export interface Clock {
  read(): ClockReading
  /** Takes in a server time received for a request sent at monotonic `sentMono`; half the round trip is allowed for. */
  observe(serverTime: number, sentMono: number): void
  /** Takes in a signed time (a release's valid_from): true time is not before it. */
  floor(time: number): void
}

export interface ClockOptions {
  readonly time: Time
  /** Keeps floor and offset across restarts when given; nothing is written before the first `observe` or `floor`. */
  readonly kv?: Kv
}
/** Wall and monotonic clock may disagree by this much before the wall clock is said to have jumped. */
const jump = 2000

interface Anchor {
  /** True time at `mono`, as the server gave it. */
  readonly now: number
  readonly mono: number
  readonly device: number
  readonly roundTrip: number
}

/** What outlives a restart: the last server time, the highest signed time, and how far the wall clock was off. */
interface Kept {
  server: number
  signed: number
  offset?: number
}

/**
 * Corrects the device's clock by what the hub and signed documents say. Storage is read at the first `read` and written
 * when something was learnt that is worth keeping; until then the device's word stands.
 */
export function createClock({ time, kv }: ClockOptions): Clock {
  if (!kv) return createSlimClock({ time })
  const kept: Kept = { server: 0, signed: 0 }
  let written: Kept = Object.assign({}, kept)
  let loaded = false

  const load = (): void => {
    if (loaded) return
    loaded = true
    kv.get('clock')
      .then((text) => {
        const old = JSON.parse(text || '{}') as Partial<Kept>
        kept.server = kept.server || Number(old.server) || 0
        kept.signed = Math.max(kept.signed, Number(old.signed) || 0)
        if (kept.offset === undefined && Number.isFinite(old.offset)) kept.offset = old.offset as number
      })
      .catch(() => undefined)
  }
  const learnt = (): void => {
    load()
    const worth = kept.signed > written.signed || Math.abs(kept.server - written.server) > 60_000 || Math.abs((kept.offset || 0) - (written.offset || 0)) > 1000
    if (!worth) return
    written = Object.assign({}, kept)
    kv.set('clock', JSON.stringify(kept)).catch(() => undefined)
  }
  const clock = correct(time, kept, learnt)
  return Object.assign({}, clock, {
    read() {
      load()
      const reading = clock.read()
      const { source, offset = 0 } = reading
      // how far it is off after a jump is known as well as before; the next start goes by that
      if (source === 'server+mono' && Math.abs(offset - (kept.offset || 0)) > jump) {
        kept.offset = offset
        learnt()
      }
      return reading
    },
  })
}

/** The same for one page: keeps nothing and reads nothing, as before consent nothing may be kept. */
export const createSlimClock = ({ time }: { readonly time: Time }): Clock => correct(time, { server: 0, signed: 0 }, () => undefined)

/** @param learnt called when `kept` changed */
function correct(time: Time, kept: Kept, learnt: () => void): Clock {
  let anchor: Anchor | undefined

  /** True time by the anchor; `jumped` when the wall clock went its own way since. */
  function carried(device: number, mono: number): { readonly now: number; readonly jumped: boolean } | undefined {
    if (!anchor || mono < anchor.mono) return undefined
    const gone = mono - anchor.mono
    return { now: anchor.now + gone, jumped: Math.abs(device - anchor.device - gone) > jump }
  }

  return {
    read() {
      const device = Math.round(time.now())
      const mono = time.mono()
      const server = carried(device, mono)
      const floor = Math.max(kept.server, kept.signed)
      const told = server ? server.now : device + (kept.offset || 0)
      const now = Math.round(Math.max(told, floor))
      const source: ClockSource = told < floor ? 'floor' : server ? (server.jumped ? 'server+mono' : 'server') : 'device'
      const known = source !== 'device' || kept.offset !== undefined
      return Object.assign({ now, device, mono: Math.round(mono), source }, known && { offset: now - device })
    },
    observe(serverTime, sentMono) {
      const device = time.now()
      const mono = time.mono()
      const roundTrip = mono - sentMono
      if (!(serverTime > 0 && serverTime < 8.64e15 && roundTrip >= 0)) return
      const old = carried(device, mono)
      // the shortest round trip knows best, until a crystal's drift (1 ms a second at worst) has eaten its lead
      if (!anchor || !old || old.jumped || roundTrip <= anchor.roundTrip + (mono - anchor.mono) / 1000) {
        anchor = { now: serverTime + roundTrip / 2, mono, device, roundTrip }
      }
      kept.server = serverTime
      kept.offset = Math.round(anchor.now - anchor.device)
      learnt()
    },
    floor(signed) {
      if (!(signed > kept.signed && signed < 8.64e15)) return
      kept.signed = signed
      learnt()
    },
  }
}
