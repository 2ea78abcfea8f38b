import type { Result } from '@omokit/core'
import type { SigningKey } from '@omokit/core/documents'
import type { Basket, Quote } from '@omokit/rules'
import type { ReadMember, TillRedemption } from 'omokit'

/** What a till process is started with. */
export interface TillSetup {
  readonly brand: string
  readonly dir: string
  readonly hub: string
  readonly key: string
  readonly storeId: string
  readonly workstationId: string
  readonly keys: readonly SigningKey[]
  readonly currency: string
}

/** A printed receipt, as the story sees it. */
export interface Printed {
  readonly receiptNo: string
  readonly pay: number
  readonly seal: string
}

/** An item in a wallet. */
interface Item {
  readonly item: string
  readonly coupon: string
  readonly token?: string
}

/** What the story may ask of a till process. */
export interface TillCall {
  start(): Promise<boolean>
  cable(args: { readonly in: boolean }): Promise<boolean>
  release(): Promise<{ readonly version: number; readonly state: string }>
  refresh(): Promise<{ readonly version: number; readonly state: string }>
  quote(args: { readonly basket: Basket }): Promise<Result<Quote>>
  readMember(args: { readonly code: string }): Promise<Result<ReadMember>>
  wallet(args: { readonly code: string }): Promise<Result<readonly Item[]>>
  lease(args: { readonly item: string; readonly coupon: string }): Promise<Result<unknown>>
  redeem(args: {
    readonly redemption: TillRedemption
  }): Promise<Result<{ readonly item: string; readonly coupon: string; readonly lease?: string; readonly offline: boolean }>>
  sell(args: {
    readonly order: string
    readonly basket: Basket
    readonly payment: string
    readonly member?: string
    readonly redemptions?: readonly { readonly coupon: string; readonly item: string; readonly lease?: string }[]
  }): Promise<Result<Printed>>
  flush(): Promise<unknown>
  stop(): Promise<boolean>
}
