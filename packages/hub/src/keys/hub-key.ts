import type { KeyKind } from '@omokit/core'

/** What a staff key may do. `admin` makes and revokes keys. */
export type StaffRole = 'admin' | 'publish' | 'marketing' | 'reports' | 'facts'

/** A key as the hub knows it after looking it up. */
export interface HubKey {
  readonly kind: KeyKind
  readonly mode: KeyMode
  readonly brand: string
  /** SHA-256 of the key's text, hex: how it is named in tables. */
  readonly hash: string
  /** Staff only; empty for other kinds. */
  readonly roles: readonly StaffRole[]
  /** The store a terminal key speaks for; undefined: every store. */
  readonly storeId?: string
  /** Purposes that the sender of this key's payloads vouches to have consent for; only receivers ask. */
  readonly consent?: readonly string[]
}

/** A live key moves real money: a secret or staff key marked live is refused on PGlite. */
export type KeyMode = 'test' | 'live'

const prefixes: Readonly<Record<KeyKind, string>> = { publishable: 'pk', terminal: 'tk', secret: 'sk', staff: 'st' }

/** `pk_test_acme_<24 characters>`. */
export function spellKey(kind: KeyKind, mode: KeyMode, brand: string, random: string): string {
  return `${prefixes[kind]}_${mode}_${brand}_${random}`
}

const form = /^(pk|tk|sk|st)_(test|live)_([a-z0-9][a-z0-9-]{0,31})_([A-Za-z0-9]{24})$/

/** Kind, mode and brand that a key's text claims, before any look-up. */
export function readKey(text: string): { readonly kind: KeyKind; readonly mode: KeyMode; readonly brand: string } | undefined {
  const parts = form.exec(text)
  if (!parts) return undefined
  const kind = (Object.keys(prefixes) as KeyKind[]).find((name) => prefixes[name] === parts[1])
  return kind && { kind, mode: parts[2] as KeyMode, brand: parts[3] as string }
}

const brandForm = /^[a-z0-9][a-z0-9-]{0,31}$/

/** Brands are 1–32 of a–z, 0–9 and hyphen: they stand in keys, headers and storage names. */
export const isBrand = (text: string): boolean => brandForm.test(text)
