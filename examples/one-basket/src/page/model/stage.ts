import type { Issue, ReceiptBody } from '@omokit/core'
import type { Quote } from '@omokit/rules'
import type { DemoConfig } from '../../demo-config'
import type { Devices } from '../devices/devices'
import type { Actor, Journal } from './journal'
import type { Account } from './ledger'
import type { SharedBasket } from './basket'
import type { ChannelId } from './verdict'

/** What one channel answers for the basket. */
export interface Priced {
  readonly quote?: Quote
  /** Hash of the quote's seal, the place of asking taken out. */
  readonly seal?: string
  readonly issues?: readonly Issue[]
  readonly version: number
  readonly state: string
  readonly offline: boolean
  readonly tier?: string
}

/** The coupon ticket. */
export interface Ticket {
  readonly state: 'offered' | 'claimed' | 'redeemed'
  readonly item?: string
  readonly code?: string
  /** Proves the item to a till that is offline. */
  readonly token?: string
  /** The last refusal, and who was refused. */
  readonly refused?: { readonly where: ChannelId; readonly issue: Issue }
}

/** A printed receipt. */
export interface Slip {
  readonly receipt: ReceiptBody
  readonly offline: boolean
  readonly at: number
}

/** Everything the page shows. */
export interface Scene {
  priced: Readonly<Partial<Record<ChannelId, Priced>>>
  accounts: Readonly<Partial<Record<ChannelId, Account>>>
  findings: readonly { readonly code: string; readonly subject: string }[]
  changes: Readonly<Record<string, number>>
  ticket: Ticket
  slip: Slip | undefined
  busy: boolean
  /** Asks for consent; also to be opened again later. */
  asking: boolean
  /** What the till learnt from the member code. */
  tillMember: { readonly member?: string; readonly tier?: string } | undefined
}

/** What every action of the demo works on. */
export interface Stage {
  readonly config: DemoConfig
  readonly devices: Devices
  readonly journal: Journal
  readonly basket: SharedBasket
  readonly scene: Scene
  /** Shows the scene as it is now. */
  show(): void
  /** Prices the basket in all four channels and shows it. */
  requote(): Promise<void>
}

/** The first thing that was wrong. */
export const firstOf = (issues: readonly Issue[]): Issue => issues[0] ?? { code: 'unavailable' }

/** Notes a refusal on the ticket and in the timeline. */
export function noteRefusal(stage: Stage, where: ChannelId & Actor, issues: readonly Issue[], kind: 'claimRefused' | 'redeemRefused' | 'holdRefused'): void {
  const issue = firstOf(issues)
  stage.scene.ticket = { ...stage.scene.ticket, refused: { where, issue } }
  stage.journal.note(where, (words) => words.log[kind](words.issue(issue)), true)
}
