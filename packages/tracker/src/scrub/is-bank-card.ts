/**
 * Whether digits are a payment card number (ISO/IEC 7812): 15 to 19 of them, an issuer that cards begin with, and Luhn's check.
 * Shorter numbers are left alone: 13 and 14 digits are articles (GTIN).
 */
export function isBankCard(digits: string): boolean {
  if (!/^(?:[3-69]|2[2-7]|8[1-9])\d{13,18}$/.test(digits) || digits.length < 15) return false
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits.charAt(digits.length - 1 - i))
    sum += i % 2 ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
  }
  return sum % 10 === 0
}
