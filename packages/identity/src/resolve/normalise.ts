import { isPlaceholder } from '../placeholder'

/**
 * A phone number in E.164, or null when it is not one: rubbish is never hashed. Reads full-width digits and the usual
 * separators. Mainland China is checked exactly (mobile numbers); a number of another country needs its + or 00.
 */
export function normalisePhone(text: string, region: 'CN' = 'CN'): string | null {
  const digits = text.replace(/[\uff10-\uff19\uff0b]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/[\s().\u2010-\u2015-]/g, '')
  const international = /^(?:\+|00)([1-9]\d{6,14})$/.exec(digits)
  const mainland = /^(?:\+|00)?86(1[3-9]\d{9})$/.exec(digits) ?? (region === 'CN' ? /^(1[3-9]\d{9})$/.exec(digits) : null)
  if (mainland) return `+86${mainland[1] as string}`
  return international && (international[1] as string).slice(0, 2) !== '86' ? `+${international[1] as string}` : null
}

/** An e-mail address trimmed and in lower case, or null. Dots and tags stay: they tell mailboxes apart on most hosts. */
export function normaliseEmail(text: string): string | null {
  const address = text.trim().toLowerCase()
  return /^[^\s@]+@[^\s@]+$/.test(address) && !isPlaceholder(address) ? address : null
}
