import { OmoError } from '@omokit/core'

/** Throws `unknown-option` for a key that is not known, naming the nearest that is: a misspelt option must not be silently ignored. */
export function checkOptions(options: object, known: string): void {
  const names = known.split(' ')
  for (const key of Object.keys(options)) {
    if (names.indexOf(key) >= 0) continue
    const nearest = names.map((name) => ({ name, far: distance(key, name) })).sort((a, b) => a.far - b.far)[0]
    throw new OmoError('unknown-option', `${key}: did you mean ${nearest ? nearest.name : known}?`)
  }
}

/** Letters to insert, drop or change to make `b` of `a` (Levenshtein). */
function distance(a: string, b: string): number {
  let row = b.split('').map((_, j) => j + 1)
  for (let i = 0; i < a.length; i++) {
    let corner = i
    let left = i + 1
    row = row.map((above, j) => {
      const cost = Math.min(left + 1, above + 1, corner + (a.charAt(i) === b.charAt(j) ? 0 : 1))
      corner = above
      return (left = cost)
    })
  }
  return row[row.length - 1] as number
}
