/** What happened, in order: read on a failure, compared by hash between two runs of one seed. */
export interface Trace {
  note(time: number, actor: string, what: string): void
  /** The last lines, oldest first. */
  tail(lines?: number): string
  /** Covers every line since the start. */
  hash(): string
  readonly length: number
}

export function createTrace(start: number, keep = 20_000): Trace {
  const lines: string[] = []
  let count = 0
  let high = 0x811c9dc5
  let low = 0x01000193
  return {
    note(time, actor, what) {
      const line = `${String(time - start).padStart(9)} ${actor.padEnd(10)} ${what}`
      for (let i = 0; i < line.length; i++) {
        const code = line.charCodeAt(i)
        high = Math.imul(high ^ code, 0x01000193)
        low = Math.imul(low + code, 0x85ebca6b) ^ (low >>> 13)
      }
      lines[count++ % keep] = line
    },
    tail(wanted = 120) {
      const from = Math.max(0, count - Math.min(wanted, keep))
      const found: string[] = []
      for (let i = from; i < count; i++) found.push(lines[i % keep] as string)
      return found.join('\n')
    },
    hash: () => `${(high >>> 0).toString(16).padStart(8, '0')}${(low >>> 0).toString(16).padStart(8, '0')}`,
    get length() {
      return count
    },
  }
}
