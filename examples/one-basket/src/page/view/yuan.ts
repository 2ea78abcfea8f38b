/** Fen as a price tag: ¥1,234.50. */
export function yuan(fen: number): string {
  const whole = Math.floor(Math.abs(fen) / 100)
  return `${fen < 0 ? '−' : ''}¥${String(whole).replace(/\B(?=(\d{3})+$)/g, ',')}.${String(Math.abs(fen) % 100).padStart(2, '0')}`
}
