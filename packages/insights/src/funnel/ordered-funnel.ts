/** One thing one person did. */
export interface FunnelEvent {
  readonly person: string
  readonly kind: string
  readonly channel?: string
  /** Milliseconds. */
  readonly at: number
}

export interface OrderedFunnelOptions {
  /** Kinds in the order they must happen. */
  readonly steps: readonly string[]
  /** The whole path must fit, counted from its first step, milliseconds. */
  readonly windowMs: number
}

export interface OrderedFunnel {
  /** Persons who got as far as each step. */
  readonly reached: readonly number[]
  /** The same over those who took the first step. */
  readonly rates: readonly number[]
  /** Persons whose complete path used more than one channel. */
  readonly crossChannel: number
}

/**
 * How far persons get along steps that must happen in this order inside a window; steps in between and repeats do not
 * matter. Each first step may begin a path; a person counts with the path that got furthest. Equal times count as in
 * order of the events given. Work grows with the events times the steps.
 */
export function orderedFunnel(events: Iterable<FunnelEvent>, { steps, windowMs }: OrderedFunnelOptions): OrderedFunnel {
  const byPerson = new Map<string, FunnelEvent[]>()
  for (const event of events) {
    const known = byPerson.get(event.person)
    if (known) known.push(event)
    else byPerson.set(event.person, [event])
  }
  const reached = steps.map(() => 0)
  let crossChannel = 0
  byPerson.forEach((own) => {
    const best = furthest(
      own
        .map((event, i) => ({ event, i }))
        .sort((a, b) => a.event.at - b.event.at || a.i - b.i)
        .map(({ event }) => event),
      steps,
      windowMs,
    )
    for (let step = 0; step < best.length; step++) (reached[step] as number)++
    if (best.length === steps.length && best.some((event) => event.channel !== (best[0] as FunnelEvent).channel)) crossChannel++
  })
  const first = reached[0] ?? 0
  return { reached, rates: reached.map((count) => (first ? count / first : 0)), crossChannel }
}

/**
 * For each step the path that began latest is kept: whatever comes later has the most window left on it. One pass is
 * enough.
 */
function furthest(events: readonly FunnelEvent[], steps: readonly string[], windowMs: number): readonly FunnelEvent[] {
  const paths: FunnelEvent[][] = []
  let best: FunnelEvent[] = []
  for (const event of events) {
    for (let step = steps.length - 1; step >= 0; step--) {
      if (steps[step] !== event.kind) continue
      const before = step ? paths[step - 1] : []
      if (!before || (step && event.at - (before[0] as FunnelEvent).at > windowMs)) continue
      const path = before.concat([event])
      // an equal start is kept as it was: repeats are ignored
      if (!paths[step] || (paths[step] as FunnelEvent[])[0] !== path[0]) paths[step] = path
      if (path.length > best.length) best = path
    }
  }
  return best
}
