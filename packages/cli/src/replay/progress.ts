/** Shows how far a long job is, on a terminal only; elsewhere it is silent. */
export interface Progress {
  at(share: number, label: string): void
  done(): void
}

/** A progress bar on `out` when that is a terminal. Redraws at most ten times a second. */
export function createProgress(out: { readonly isTTY?: boolean; write(text: string): unknown }, now: () => number): Progress {
  let drawn = 0
  let any = false
  return {
    at(share, label) {
      if (!out.isTTY || (now() - drawn < 100 && share < 1)) return
      drawn = now()
      any = true
      const full = Math.round(Math.min(1, share) * 30)
      out.write(`\r${'█'.repeat(full)}${'░'.repeat(30 - full)} ${String(Math.floor(share * 100)).padStart(3)} %  ${label}\u001b[K`)
    },
    done() {
      if (any) out.write('\n')
    },
  }
}
