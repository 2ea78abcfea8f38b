import type { ReceiptBody, Result } from '@omokit/core'
import { type Basket, type CompiledBook, quote } from '@omokit/rules'
import { readSeal, seal, sealMatches } from '@omokit/rules/seal'
import { sameJson } from './same-json'

/** What came of evaluating a receipt's basket again. */
export interface Verdict {
  readonly result: 'equal' | 'different'
  /** Seal of our own quote, when there was one. */
  readonly expected?: string
  /** The finding that names a difference: `seal-mismatch` is the one nothing explains. */
  readonly code?: 'receipt-edited' | 'seal-mismatch'
  /** Where the first difference lies, or the issue of the evaluator. */
  readonly note?: string
}

/** Prices the basket of a receipt again and says whether, and why, it comes out differently. Pure. */
export function checkReceipt(receipt: ReceiptBody, book: Result<CompiledBook>): Verdict {
  const edited = editedPart(receipt)
  const again = book.ok ? price(receipt, book.value) : book
  if (!again.ok) {
    const note = again.issues[0]?.code ?? 'invalid'
    return edited ? { result: 'different', code: 'receipt-edited', note: edited } : { result: 'different', code: 'seal-mismatch', note }
  }
  const expected = seal(again.value).hash
  if (edited) return { result: 'different', expected, code: 'receipt-edited', note: edited }
  if (expected !== receipt.seal.hash) return { result: 'different', expected, code: 'seal-mismatch', note: firstDifference(receipt, again.value) ?? 'seal' }
  const changed = firstDifference(receipt, again.value)
  return changed ? { result: 'different', expected, code: 'receipt-edited', note: changed } : { result: 'equal', expected }
}

function price(receipt: ReceiptBody, book: CompiledBook): ReturnType<typeof quote> {
  try {
    // the evaluator checks what it is given; a basket it did not foresee is a refusal like any other
    return quote(book, receipt.basket as unknown as Basket, receipt.instant)
  } catch {
    return { ok: false, issues: [{ code: 'invalid', path: 'basket' }] }
  }
}

/** Which part of the receipt contradicts its own seal or itself; undefined when none does. */
function editedPart(receipt: ReceiptBody): string | undefined {
  const { text, hash } = receipt.seal
  const { gross, discount, shipping, shippingDiscount, total, taxAdded = 0, rounding, pay } = receipt.totals
  if (gross - discount + shipping - shippingDiscount !== total || total + taxAdded + rounding !== pay) return 'totals'
  if (text === undefined) return undefined
  if (!sealMatches(text, hash)) return 'seal'
  const sealed = readSeal(text)
  if (!sealed.ok) return 'seal'
  if (sealed.value.release !== receipt.release) return 'release'
  if (!sameJson(sealed.value.basket, receipt.basket)) return 'basket'
  return firstDifference(receipt, sealed.value)
}

function firstDifference(receipt: ReceiptBody, other: { readonly totals: object; readonly points: object }): string | undefined {
  const totals: Readonly<Record<string, number | undefined>> = receipt.totals
  for (const [name, amount] of Object.entries(other.totals)) if ((totals[name] ?? 0) !== (amount ?? 0)) return `totals.${name}`
  return sameJson(receipt.points, other.points) ? undefined : 'points'
}
