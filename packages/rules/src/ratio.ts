/** A decimal as an exact fraction of integers. */
export interface Ratio {
  readonly num: number
  readonly den: number
}

/** Reads a decimal of at most six places, as it stands in the book: 10.5 is 10500000/1000000, never a binary fraction. Whole ones stay small, and so do their products. */
export function ratio(decimal: number, per = 1): Ratio {
  const scale = decimal % 1 ? 1e6 : 1
  return { num: Math.round(decimal * scale), den: per * scale }
}
