/**
 * All that a runtime must give. Packages reach the world through these and nothing else, so that the same code and the
 * same tests run in a browser, a mini-program, a till process, a server and the virtual world of `@omokit/core/testing`.
 */
export interface Ports {
  readonly env: Env
  readonly kv: Kv
  readonly log: LogStore
  readonly net: Net
  readonly life: Life
  readonly entropy: Entropy
  readonly time: Time
  readonly timer: Timer
  readonly locks: Locks
  /** Absent where no trustworthy Ed25519 exists; then pass the one of `@omokit/core/ed25519`. */
  readonly crypto?: Crypto
}

/** Where this code runs. An explicit option wins over detection: hosts may look like one another. */
export interface Env {
  readonly platform: Platform
  /** The brand this set of ports belongs to; every stored key carries it. */
  readonly brand: string
  /** Tells two uses by one brand apart (default "main"). */
  readonly instance: string
  readonly app?: string
  readonly device?: string
  /** BCP 47 tag as the host states it. */
  readonly language?: string
}

export type Platform = 'web' | 'wechat' | 'alipay' | 'douyin' | 'till' | 'node' | 'memory'

/**
 * Small durable state: strings by key. The adapter adds the prefix `omokit:<brand>:<instance>:`.
 * A full store rejects with an OmoError of code `quota`; a rejected `set` leaves the old value.
 */
export interface Kv {
  get(key: string): Promise<string | null>
  set(key: string, value: string): Promise<void>
  del(key: string): Promise<void>
  /** Keys that begin with `prefix`, in code-unit order, without the adapter's own prefix. */
  keys(prefix: string): Promise<readonly string[]>
  /** Characters. */
  readonly limits: { readonly perKey: number; readonly total: number }
}

/** The durable record logs of this device, one per stream. Opening or listing alone writes nothing. */
export interface LogStore {
  /** Usable at once; an adapter that must open something does so behind `append`. */
  open(stream: string): Log
  /** Streams that hold at least one record, or numbers noted by `reserve`, in code-unit order. */
  list(): Promise<readonly string[]>
  /**
   * Names a new stream whose records are journalled in the calling task although nothing is opened yet. Absent where
   * `append` cannot journal at once.
   */
  begin?(): string
}

/**
 * An append-only log of numbered texts: the store of the outbox.
 *
 * Two moments, never blurred: when `append` *returns*, the records are journalled where the runtime can do that
 * synchronously (they survive the death of this tab, but for the tail of a burst); when its promise *resolves*, they are
 * stored (they survive a kill of the whole process). After a crash the survivors of one call are a prefix of it.
 */
export interface Log {
  /**
   * Adds `texts` as records `first`, `first + 1`, …. `first` must be above every number ever appended here, gaps allowed.
   * Rejects with an OmoError: `quota` (nothing of this call was stored) or `stream-fork` (a number was used before).
   * Calls may overlap; they are stored in call order.
   */
  append(first: number, texts: readonly string[]): Promise<void>
  /** Stored records numbered `from` or above, ascending, at most `max` of them and `maxBytes` UTF-16 units of text (at least one). */
  read(from: number, max: number, maxBytes: number): Promise<readonly LogRecord[]>
  /** Removes records up to and including `upTo`, but for `except`. Idempotent. */
  drop(upTo: number, except?: readonly number[]): Promise<void>
  stats(): Promise<LogStats>
  /**
   * Notes in the calling task, ahead of any `append` after it, that numbers up to `upTo` may be given out; `exact`: that
   * they were, and none above. Where it cannot be noted, nothing noted before may stay. Goes with `begin`.
   */
  reserve?(upTo: number, exact?: boolean): void
  /** Removes every trace of a stream that is over: records, numbers, notes. Goes with `begin`. */
  forget?(): Promise<void>
}

export interface LogRecord {
  readonly seq: number
  readonly text: string
}

export interface LogStats {
  readonly count: number
  /** UTF-16 units of text held. */
  readonly bytes: number
  /** 0 when empty. */
  readonly first: number
  /** Highest number held now, 0 when empty: not the highest ever, which the outbox keeps in its head. */
  readonly last: number
  /** What `reserve` noted last. */
  readonly reserved?: number
  readonly exact?: boolean
}

/** HTTP. Every status resolves; only no answer at all rejects, with `unavailable` or `timeout`. */
export interface Net {
  send(request: NetRequest): Promise<NetResponse>
  /** Server-sent events where the runtime has them; else poll. */
  stream?(url: string, on: StreamHandlers): () => void
}

export interface NetRequest {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Milliseconds, default 15,000. */
  readonly timeoutMs?: number
  /** The page is going away: at most 60,000 bytes, best effort. */
  readonly keepalive?: boolean
}

export interface NetResponse {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export interface StreamHandlers {
  onEvent(event: { readonly type: string; readonly id: string; readonly data: string }): void
  /** The connection is up. */
  onOpen?(): void
  /** The connection failed; the adapter does not reconnect, the caller decides when. */
  onError(): void
}

/** What happens to the page, the mini-program or the process. Each call returns the function that takes the listener off. */
export interface Life {
  /** About to be frozen or killed: only synchronous work and keepalive are sure. */
  onHide(listener: () => void): () => void
  onShow(listener: () => void): () => void
  onOnline(listener: (online: boolean) => void): () => void
}

/** Randomness; asynchronous because WeChat's is. */
export interface Entropy {
  fill(bytes: number): Promise<Uint8Array>
  /** "weak" must not make tokens or coupon codes. */
  readonly strength: 'secure' | 'weak'
}

/** The raw clocks of the device. Corrected time is `createClock` of `@omokit/core`. */
export interface Time {
  /** Milliseconds since the epoch by the device's wall clock, which may be wrong. */
  now(): number
  /** Milliseconds that never run backwards, from an arbitrary start that is lost at reboot. */
  mono(): number
  /** Offset of local time from UTC in minutes, east positive (China 480). */
  zone(): number
}

/** Delayed work. A frozen runtime runs it late: compare clocks when it fires. */
export interface Timer {
  /** Calls `run` once after about `ms`; returns the function that cancels it. Never keeps a process alive by itself. */
  after(ms: number, run: () => void): () => void
}

/** Mutual exclusion between the contexts of one origin or device (tabs, processes). */
export interface Locks {
  /** Waits for the lock, runs `run` under it, releases when its promise settles. `signal` tells that the lock was stolen. */
  hold<T>(name: string, run: (lost: LockLost) => Promise<T>): Promise<T>
  /** As `hold`, but answers undefined at once when somebody else holds it. */
  ifFree<T>(name: string, run: (lost: LockLost) => Promise<T>): Promise<T | undefined>
  /** Takes the lock away from a holder that fell silent, then as `hold`. */
  steal<T>(name: string, run: (lost: LockLost) => Promise<T>): Promise<T>
}

/** Asks whether the lock is still ours; check before each effect that must be exclusive. */
export type LockLost = () => boolean

/** Signature checks and hashes where the runtime has them. */
export interface Crypto {
  /** Ed25519 (RFC 8032). `key` 32 bytes, `signature` 64 bytes. */
  verify(key: Uint8Array, signature: Uint8Array, message: Uint8Array): Promise<boolean>
  /** SHA-256 (FIPS 180-4). */
  sha256(bytes: Uint8Array): Promise<Uint8Array>
}
