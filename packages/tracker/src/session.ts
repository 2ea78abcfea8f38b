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
  readonly started: FactBody | undefined
}

/** The running session. Two tabs that open in the same second share one id on purpose: it is one visit. */
export interface Session {
  /** The session at corrected time `now`; opens one after idling, for another visitor, from another campaign, and after a clock jump back. */
  at(now: number, anonId?: string): SessionNow
  /** Takes up the session an earlier page stored. */
  restore(): Promise<unknown>
  /** Ends it and removes what was stored. */
  forget(): void
}

/** `campaign` as text, where there was one. */
type Stored = readonly [id: string, last: number, anonId: string, campaign?: string | undefined]

const key = 'tracker.session'
const writeEvery = 60_000

interface SessionSource {
  readonly idleMs?: number
  readonly campaign?: Campaign | (() => Campaign | undefined)
}

/** Where a session lies between pages. */
export type SessionStore = Pick<Kv, 'del' | 'get' | 'set'>

export function createSession(options: { readonly kv?: SessionStore; readonly session?: SessionSource }): Session {
  const { kv, session: { idleMs, campaign: given } = {} } = options
  let state: Stored | undefined
  let written = 0
  let writes: Promise<unknown> = Promise.resolve()
  const then = (run: (kv: SessionStore) => unknown): void => {
    if (kv) writes = writes.then(() => run(kv)).catch(() => undefined) // a lost session only splits a visit
  }

  return {
    at(now, anonId = '') {
      const campaign = typeof given === 'function' ? given() : given
      const from = campaign && JSON.stringify(campaign)
      const [last, at, visitor, origin]: Partial<Stored> = state || []
      const old = Math.abs(now - (at as number)) < (idleMs || 1_800_000) && visitor === anonId && (!from || from === origin) ? last : undefined
      const id = old || Math.floor(now / 1000).toString(36)
      const text = JSON.stringify((state = [id, now, anonId, from || (old && origin)]))
      if (!old || Math.abs(now - written) > writeEvery) {
        written = now
        then((store) => store.set(key, text))
      }
      return { id, started: old ? undefined : Object.assign({ session: id }, campaign && { campaign }) }
    },
    restore() {
      then(async (store) => {
        const stored: unknown = JSON.parse((await store.get(key)) || '0')
        // anything else: the next event opens a new session
        if (Array.isArray(stored)) state = stored as unknown as Stored
      })
      return writes
    },
    forget() {
      state = undefined
      then(async (store) => (await store.get(key)) && store.del(key)) // after a refusal nothing was stored: no write at all
    },
  }
}
