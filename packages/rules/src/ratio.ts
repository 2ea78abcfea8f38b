/** A decimal as an exact fraction of integers. */
export interface Ratio {
  readonly num: number
  readonly den: number
}

/** Reads a decimal by its shortest text, which is what stands in the book: 10.5 is 105/10, never a binary fraction. */
export function ratio(decimal: number, per = 1): Ratio {
  const text = String(decimal)
  const dot = text.indexOf('.')
  if (dot < 0) return { num: decimal, den: per }
  return { num: Number(text.slice(0, dot) + text.slice(dot + 1)), den: per * 10 ** (text.length - dot - 1) }
}
