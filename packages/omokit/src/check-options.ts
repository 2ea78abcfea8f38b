import { OmoError } from '@omokit/core'

/** Throws `unknown-option` for a key that is not known, naming the nearest that is: a misspelt option must not be silently ignored. */
export function checkOptions(options: object, known: string): void {
  const names = known.split(' ')
  for (const key of Object.keys(options))
    if (names.indexOf(key) < 0) {
      const [nearest] = names.sort((a, b) => distance(key, a) - distance(key, b))
      throw new OmoError('unknown-option', `${key}: did you mean ${nearest}?`)
    }
}

/** Letters to insert, drop or change to make `b` of `a` (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from(b, (_, j) => j + 1)
  let left = b.length
  Array.from(a).forEach((letter, i) => {
    let corner = i
    left = i + 1
    row = row.map((above, j) => {
      left = letter === b[j] ? corner : 1 + Math.min(left, above, corner)
      corner = above
      return left
    })
  })
  return left
}
