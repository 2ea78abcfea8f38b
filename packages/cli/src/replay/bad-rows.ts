/** Rows that could not be taken: counted, the first few named by line. */
export interface BadRows {
  add(line: number, why: string): void
  readonly count: number
  /** At most 20, "line 17: why". */
  readonly named: readonly string[]
}

/** Collects bad rows without growing with the file. */
export function createBadRows(): BadRows {
  const named: string[] = []
  let count = 0
  return {
    add(line, why) {
      count++
      if (named.length < 20) named.push(`line ${line}: ${why}`)
    },
    get count() {
      return count
    },
    named,
  }
}
