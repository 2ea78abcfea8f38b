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
  restore(): Promise<unknown>
  /** Ends it and removes what was stored. */
  forget(): void
}

type Stored = readonly [id: string, last: number, anonId: string]

const key = 'tracker.session'
const writeEvery = 60_000

export function createSession(options: { readonly kv?: Kv; readonly session?: { readonly idleMs?: number; readonly campaign?: Campaign } }): Session {
  const { kv, session = {} } = options
  let state: Stored | undefined
  let written = 0
  let writes: Promise<unknown> = Promise.resolve()
  const then = (run: (kv: Kv) => unknown): void => {
    if (kv) writes = writes.then(() => run(kv)).catch(() => undefined) // a lost session only splits a visit
  }

  return {
    at(now, anonId = '') {
      const old = state && Math.abs(now - state[1]) < (session.idleMs || 1_800_000) && state[2] === anonId ? state[0] : undefined
      const id = old || Math.floor(now / 1000).toString(36)
      const text = JSON.stringify((state = [id, now, anonId]))
      if (!old || Math.abs(now - written) > writeEvery) {
        written = now
        then((store) => store.set(key, text))
      }
      return old ? { id } : { id, started: { session: id, ...(session.campaign && { campaign: session.campaign }) } }
    },
    restore() {
      then(async (store) => {
        const stored: unknown = JSON.parse((await store.get(key)) || '0')
        // anything else: the next event opens a new session
        if (Array.isArray(stored) && typeof stored[0] === 'string' && typeof stored[1] === 'number') state = stored as unknown as Stored
      })
      return writes
    },
    forget() {
      state = undefined
      then(async (store) => (await store.get(key)) !== null && store.del(key)) // after a refusal nothing was stored: no write at all
    },
  }
}
