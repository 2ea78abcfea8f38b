import type { FactBody, Kv } from '@omokit/core'

/** Where a visit came from: UTM fields, the scene of a mini-program, the placement of a QR code. */
export interface Campaign extends FactBody {
  readonly source?: string
  readonly medium?: string
  readonly name?: string
  readonly term?: string
  readonly content?: string
  readonly scene?: string
  readonly placement?: string
}

interface SessionNow {
  readonly id: string
  /** The body of `Session Started` when this event opened it. */
  readonly started?: FactBody
}

/** The running session. Two tabs that open in the same second share one id on purpose: it is one visit. */
export interface Session {
  /** The session at corrected time `now`; opens one after idling, for another visitor, and after a clock jump back. */
  at(now: number, anonId?: string): SessionNow
  /** Takes up the session an earlier page stored. */
  restore(): Promise<void>
  /** Ends it and removes what was stored. */
  forget(): void
}

type Stored = [id: string, last: number, anonId?: string]

const key = 'tracker.session'
const writeEvery = 60_000

export function createSession(options: { readonly kv?: Kv; readonly session?: { readonly idleMs?: number; readonly campaign?: Campaign } }): Session {
  const { idleMs: idle = 1_800_000, campaign } = options.session || {}
  let state: Stored | undefined
  let written = 0
  let writes: Promise<unknown> = Promise.resolve()
  const write = (run: (kv: Kv) => Promise<unknown>): void => {
    const { kv } = options
    if (kv) writes = writes.then(() => run(kv)).catch(() => undefined) // a lost session only splits a visit
  }

  return {
    at(now, anonId) {
      const running = state && Math.abs(now - state[1]) < idle && state[2] === anonId
      const id = running ? (state as Stored)[0] : Math.floor(now / 1000).toString(36)
      state = anonId === undefined ? [id, now] : [id, now, anonId]
      if (!running || Math.abs(now - written) > writeEvery) {
        written = now
        const text = JSON.stringify(state)
        write((kv) => kv.set(key, text))
      }
      return running ? { id } : { id, started: { session: id, ...(campaign && { campaign }) } }
    },
    async restore() {
      try {
        const stored: unknown = JSON.parse((options.kv && (await options.kv.get(key))) || 'null')
        if (Array.isArray(stored) && typeof stored[0] === 'string' && typeof stored[1] === 'number') state = stored as Stored
      } catch {
        // unreadable: the next event opens a new session
      }
    },
    forget() {
      state = undefined
      write(async (kv) => ((await kv.get(key)) === null ? undefined : kv.del(key))) // after a refusal nothing was stored: no write at all
    },
  }
}
