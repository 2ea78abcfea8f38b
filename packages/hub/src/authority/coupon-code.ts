import { createHash } from 'node:crypto'
import type { HubEffects } from '../effects'

// Crockford's 32: no I, L, O, U to misread
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const length = 16
const itemForm = /^i[0-9a-hjkmnp-tv-z]{16}$/
const codeForm = /^[0-9A-HJKMNP-TV-Z]{16}$/

/** A new coupon code: 16 characters, 80 bits, so that guessing is hopeless even against a list checked offline. */
export function newCouponCode(effects: Pick<HubEffects, 'random'>): string {
  return spell(effects.random(10))
}

/** A random id with a prefix: 16 characters, 80 bits, lower case so that it packs small. */
export function newId(prefix: string, effects: Pick<HubEffects, 'random'>): string {
  return prefix + spell(effects.random(10)).toLowerCase()
}

/** The id of the item that has this code. One way: an id in a ledger or on a bus does not give the code away. */
export function itemOfCode(code: string): string {
  return `i${spell(createHash('sha256').update(`omokit.coupon-code\n${code}`).digest()).toLowerCase()}`
}

/** The item meant by what a client sends: an item id as it is, a typed code by its item, case, spaces, hyphens, O, I and L forgiven. */
export function itemOf(text: string): string {
  if (itemForm.test(text)) return text
  const code = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
  return codeForm.test(code) ? itemOfCode(code) : text
}

function spell(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (let i = 0; text.length < length; i++) {
    held = ((held & 31) << 8) | (bytes[i] as number)
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet.charAt((held >> bits) & 31)
    }
  }
  return text
}
