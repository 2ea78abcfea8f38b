import type { Issue } from '@omokit/core'
import type { SigningKey } from '@omokit/core/documents'
import type { Quote } from '@omokit/rules'
import type { Article } from './brand/catalogue'

/** What the demo page is told at its start. Keys of a development hub, on this machine only. */
export interface DemoConfig {
  readonly brand: string
  /** Names this start of the demo: what a browser kept of an earlier one belongs to another hub. */
  readonly run: string
  readonly publishable: string
  /** Of the store the till stands in. */
  readonly terminal: string
  readonly keys: readonly SigningKey[]
  readonly stores: readonly { readonly storeId: string; readonly name: string; readonly nameEn: string }[]
  readonly members: readonly { readonly member: string; readonly name: string; readonly tier: string }[]
  readonly coupon: { readonly id: string; readonly name: string; readonly nameEn: string }
  readonly articles: readonly Article[]
  readonly ruleNames: Readonly<Record<string, readonly [zh: string, en: string]>>
  /** Prices changed since the start, by sku, in fen. */
  readonly changes: Readonly<Record<string, number>>
}

/** The server's own evaluation of a basket. */
export interface ServerAnswer {
  readonly quote?: Quote
  /** Hash of the quote's seal, the place of asking taken out. */
  readonly seal?: string
  readonly issues?: readonly Issue[]
  readonly version: number
  readonly state: string
}

/** A release that was published from the page. */
export interface Repriced {
  readonly version: number
  readonly changes: Readonly<Record<string, number>>
}

/** What the hub knows of each device's journal, and what it found. */
export interface DemoState {
  readonly streams: readonly { readonly stream: string; readonly stored: number; readonly missing: number }[]
  readonly findings: readonly { readonly code: string; readonly subject: string; readonly foundAt: number }[]
}
