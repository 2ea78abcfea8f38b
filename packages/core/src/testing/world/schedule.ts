/** What happens at a moment of virtual time. A promise is awaited before time goes on. */
export type Happening = () => void | Promise<void>

/** Virtual time: what is to happen, in order of time, then of entry. */
export interface Schedule {
  readonly now: number
  /** Returns the function that takes it off again. */
  at(time: number, run: Happening): () => void
  /** When the next thing happens; undefined when nothing will. */
  next(): number | undefined
  /** Goes to the next thing, lets it happen, and lets all it set off run out. */
  step(): Promise<void>
  /** Goes on to `time` without anything happening. */
  pass(time: number): void
}

interface Entry {
  readonly time: number
  readonly order: number
  run: Happening | undefined
}

export function createSchedule(start: number): Schedule {
  const heap: Entry[] = []
  let now = start
  let order = 0

  const before = (one: Entry, other: Entry): boolean => one.time < other.time || (one.time === other.time && one.order < other.order)

  function push(entry: Entry): void {
    let at = heap.push(entry) - 1
    while (at > 0) {
      const up = (at - 1) >> 1
      if (!before(entry, heap[up] as Entry)) break
      heap[at] = heap[up] as Entry
      at = up
    }
    heap[at] = entry
  }

  function pop(): void {
    const last = heap.pop() as Entry
    const size = heap.length
    if (!size) return
    let at = 0
    for (;;) {
      let down = 2 * at + 1
      if (down >= size) break
      if (down + 1 < size && before(heap[down + 1] as Entry, heap[down] as Entry)) down++
      if (!before(heap[down] as Entry, last)) break
      heap[at] = heap[down] as Entry
      at = down
    }
    heap[at] = last
  }

  const skipCancelled = (): void => {
    while (heap.length && !(heap[0] as Entry).run) pop()
  }

  return {
    get now() {
      return now
    },
    at(time, run) {
      const entry: Entry = { time: Math.max(now, Math.ceil(time)), order: order++, run }
      push(entry)
      return () => {
        entry.run = undefined
      }
    },
    next() {
      skipCancelled()
      return heap.length ? (heap[0] as Entry).time : undefined
    },
    async step() {
      skipCancelled()
      const entry = heap[0]
      if (!entry) return
      pop()
      now = entry.time
      await (entry.run as Happening)()
      await runOut()
    },
    pass(time) {
      now = Math.max(now, time)
    },
  }
}

/** Every microtask runs before the next macrotask: after this all promise chains stand still. */
export const runOut = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
