import type { Clock } from '../clock'
import type { Json, Place } from '../facts'
import type { Issue, Result } from '../issues'
import type { Ports } from '../ports'

/**
 * A right that needs one authority. *counter*: quota, budget, stock, slot. *item*: one code or coupon instance.
 * *lots*: points of a member, oldest expiry first.
 */
export interface Right {
  readonly kind: 'counter' | 'item' | 'lots'
  /** Counter id, item id, or member id for lots. */
  readonly id: string
  /** Units of the counter or points; 1 for an item. */
  readonly qty: number
}

/** The operations of the authority protocol: hold → confirm → reverse, or release. */
export type Operation = 'claim' | 'hold' | 'confirm' | 'reverse' | 'release' | 'lease' | 'lease-return'

export interface CommandsOptions {
  readonly ports: Ports
  readonly clock: Clock
  readonly hub: string
  readonly key: string
  readonly memberToken?: () => string | undefined
  readonly onIssue?: (issue: Issue) => void
  /** Attempts before the answer is `unavailable`, default 4. The journalled key survives, so a later call is safe. */
  readonly attempts?: number
}

/**
 * Sends commands so that each takes effect at most once, across retries, crashes and restarts: the idempotency key is
 * f(brand, order, operation, right, occasion), and the occasion is journalled before the first send.
 */
export interface Commands {
  /**
   * @param operation what to do
   * @param occasion what makes this attempt the same as or different from another: the order, and an attempt name where
   *   one order may try twice. Equal occasions give the first answer again.
   * @param payload the operation's own fields, see {@link CommandPayloads}
   */
  call<O extends Operation>(operation: O, occasion: Occasion, payload: CommandPayloads[O]): Promise<Result<CommandAnswers[O]>>
  /**
   * Sends many commands in one request (at most 200; more are split), each with its own key, effect and answer, in order:
   * imports and end-of-day runs. Same promises as `call`.
   */
  batch<O extends Operation>(commands: readonly BatchedCommand<O>[]): Promise<readonly Result<CommandAnswers[O]>[]>
  /** Commands that were journalled but never saw an answer (crash, no network), oldest first. */
  unsettled(): Promise<readonly JournalledCommand[]>
  /** Sends every unsettled command again under its own key. */
  settle(): Promise<readonly Result<Json>[]>
}

/** One of a {@link Commands.batch}. */
export interface BatchedCommand<O extends Operation = Operation> {
  readonly operation: O
  readonly occasion: Occasion
  readonly payload: CommandPayloads[O]
}

export interface Occasion {
  /** The order, receipt or claim the command belongs to. */
  readonly order: string
  /** The right or hold it is about; several are joined in sorted order. */
  readonly right: string
  /** Hold attempt, or return document with its units; default "1". */
  readonly occasion?: string
}

export interface JournalledCommand {
  readonly key: string
  readonly operation: Operation
  readonly payload: Json
  readonly at: number
}

export interface CommandPayloads {
  claim: { readonly coupon: string; readonly member?: string; readonly visitor?: string; readonly place?: Place }
  /** `settle`: use the rights up at once, hold and confirm in one (a till that has its payment). */
  hold: {
    readonly order: string
    readonly rights: readonly Right[]
    readonly ttlMs: number
    readonly member?: string
    readonly place?: Place
    readonly settle?: boolean
  }
  confirm: { readonly hold: string; readonly receipt?: string; readonly amounts?: Readonly<Record<string, number>> }
  reverse: { readonly hold: string; readonly returnDocument: string; readonly lines?: readonly { readonly right: Right }[] }
  release: { readonly hold: string }
  /** `clockBoundMs`: how wrong the terminal's clock may be; the hub keeps the units for that long after the end (default 10 minutes). */
  lease: { readonly right: Right; readonly terminal: string; readonly ttlMs: number; readonly epoch: string; readonly clockBoundMs?: number }
  'lease-return': { readonly lease: string; readonly spent: number }
}

export interface CommandAnswers {
  claim: { readonly item: string; readonly coupon: string; readonly code: string; readonly expiresAt: number; readonly token?: string }
  hold: { readonly hold: string; readonly expiresAt: number; readonly rights: readonly Right[] }
  confirm: { readonly hold: string; readonly state: 'redeemed' }
  reverse: { readonly hold: string; readonly state: 'reversed' | 'partly-reversed' }
  release: { readonly hold: string; readonly state: 'released' }
  lease: { readonly lease: string; readonly right: Right; readonly expiresAt: number; readonly terminal: string; readonly epoch: string }
  'lease-return': { readonly lease: string; readonly returned: number }
}

/** `POST /v1/commands`. */
export interface CommandRequest {
  readonly key: string
  readonly operation: Operation
  readonly payload: Json
}

/** `POST /v1/commands/batch`: at most 200, answered one by one in order. */
export interface CommandBatchRequest {
  readonly commands: readonly CommandRequest[]
}

/** The answers to {@link CommandBatchRequest}, in the same order. */
export interface CommandBatchResponse {
  readonly answers: readonly Result<Json>[]
}
