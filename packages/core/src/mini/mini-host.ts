/**
 * A mini-program host as the shared adapter sees it: what `wx` and `my` have in common once their spellings are taken away.
 * Storage is synchronous on both: a write that returned is kept.
 */
export interface MiniHost {
  /** The host's own object: state that every adapter in this logic layer must share hangs on it. */
  readonly self: object
  /** Undefined when absent. */
  read(key: string): string | undefined
  /** Throws what the host throws; {@link storageFault} names it. */
  write(key: string, text: string): void
  remove(key: string): void
  keys(): readonly string[]
  /** Calls `done` once; answers the function that gives the request up. */
  request(request: MiniRequest, done: (answer: MiniAnswer) => void): () => void
  on(event: MiniEvent, listener: (online: boolean) => void): () => void
  /** Absent where the host has no randomness. `done` gets undefined when it failed. */
  random?(bytes: number, done: (random: ArrayBuffer | undefined) => void): void
  language(): string | undefined
}

export type MiniEvent = 'hide' | 'show' | 'network' | 'memory'

export interface MiniRequest {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly timeoutMs: number
}

/** What came of a request: an HTTP answer as the host gives it, or why there is none. */
export type MiniAnswer = { readonly status: unknown; readonly headers: unknown; readonly data: unknown } | { readonly fault: string; readonly timeout: boolean }
