/** Whether two JSON values are the same; an absent field and an undefined one are. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>]
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  for (const name of names) if (!sameJson(left[name], right[name])) return false
  return true
}
