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
 * How far persons get along steps that must happen in this order inside a window; other events in between do not matter. Each
 * first step may begin a path, which takes every next step as early as it can; a person counts with the path that got furthest,
 * the earliest among equals. Equal times count as in order of the events given. Work grows with the events times the steps.
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
    const channels = best.map(({ channel }) => channel).filter((channel) => channel !== undefined)
    if (best.length === steps.length && channels.some((channel) => channel !== channels[0])) crossChannel++
  })
  const first = reached[0] ?? 0
  return { reached, rates: reached.map((count) => (first ? count / first : 0)), crossChannel }
}

/** The longest path, the earliest start among equals. */
function furthest(events: readonly FunnelEvent[], steps: readonly string[], windowMs: number): readonly FunnelEvent[] {
  // next[step][i]: where the step happens first at i or later
  const next = steps.map((kind) => {
    const at = new Array<number>(events.length + 1).fill(events.length)
    for (let i = events.length - 1; i >= 0; i--) at[i] = (events[i] as FunnelEvent).kind === kind ? i : (at[i + 1] as number)
    return at
  })
  let best: FunnelEvent[] = []
  events.forEach((start, from) => {
    if (start.kind !== steps[0]) return
    const path: FunnelEvent[] = []
    for (let i = from; path.length < steps.length; i++) {
      i = (next[path.length] as number[])[i] as number
      const event = events[i]
      if (!event || event.at - start.at > windowMs) break
      path.push(event)
    }
    if (path.length > best.length) best = path
  })
  return best
}
