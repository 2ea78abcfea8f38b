import type { Fact, FactDraft, FactRef, FactsLostBody, FactsResponse, Lane } from '../../facts'
import { codeOf } from '../../issues'
import { isTradeStream } from '../../outbox/trade-stream'
import type { Outbox, QuarantinedFact } from '../../outbox/outbox'
import type { HubView, StreamView } from './reference-hub'
import { brokenLinks, endedStreams } from './reference-hub'
import { sliceFacts } from './slice-facts'
import type { Exchange } from './network'
import { isTrade, watchDrops } from './watch-drops'
import { factsIn, watchTraffic } from './watch-traffic'
import type { World } from './world'
import type { WorldContext } from './world-context'
import type { WorldDevice } from './world-device'

/** One `append` as its caller saw it. */
export interface Attempt {
  /** Stands in the fact's body as `n`: tells it from every other fact of the run. */
  readonly n: number
  readonly from: string
  readonly lane: Lane
  /** Where it was stored, once its promise resolved. */
  ref?: FactRef
  /** Why it was refused, once its promise rejected. */
  code?: string
  /** How many appends had been called when its promise resolved: those after it must come after it. */
  before?: number
}

/**
 * Sees every append and every answer of a run, outside of all devices, and judges at the end. What it checks:
 *
 * - **I1** a fact whose promise resolved is in the hub exactly once, byte for byte; one that never resolved, at most once
 * - **I2** numbers give back the order in which a tab appended; across tabs and where writes fail, of facts that waited for one another
 * - **I4** no storm of requests, and peace while the hub asks for it: see `watchTraffic`
 * - **I5** a refusal is an OmoError, and nothing is thrown where nobody catches
 * - **I6** what leaves for want of room is observe, the oldest of the lowest priority first, and stated lost by number: see `watchDrops`
 * - **I7** the queue drains past what cannot be read or is refused; what the hub refused can be read in quarantine, byte for byte
 * - **I8** at each drop and at each restart: what was stored for a caller is on the device, or settled by the hub, or left as in I6, or was purged
 * - **I9** a number goes over the wire with the same bytes each time, and is given to no second record, not even after a crash
 * - **I11** two contexts never send a lane, or a stream, at once: see `watchTraffic`; what two have sent is stored once
 * - **I14** what a hub settled in an answer stays settled, and was sent before
 * - **losses** every number is stored, refused or stated lost, and never two of these
 * - **forks** an honest device shows no number with two contents
 * - **chain** each trade record carries the hash of the one before
 * - **purge** once a withdrawal has resolved, nothing given before it leaves the device, but with the last words of another tab
 */
export interface FactsWitness {
  readonly attempts: readonly Attempt[]
  /** Appends through `outbox` and watches the promise. Resolves to undefined when refused. */
  append(context: WorldContext, outbox: Pick<Outbox, 'append'>, lane: Lane, draft: FactDraft): Promise<FactRef | undefined>
  /** Ends the observe stream through `outbox`; with `purge` the device's observe facts so far may go, if it is stated. */
  rotate(context: WorldContext, outbox: Pick<Outbox, 'rotate'>, purge: boolean): Promise<void>
  /** Call for each device before it runs. */
  watch(device: WorldDevice): void
  /** Call first thing in each boot: checks I8. */
  booted(context: WorldContext, device: WorldDevice): void
  /** Everything on the devices has come to rest: the hub has settled all they hold, and no append is left open. */
  drained(): Promise<boolean>
  /** Throws at the first broken promise. */
  check(): Promise<void>
  /** I7: throws unless what the hub refused stands in the quarantine of its device, and nothing else. */
  checkAside(device: WorldDevice, aside: readonly QuarantinedFact[]): Promise<void>
  /** How often each promise had something to hold against. */
  readonly counts: Readonly<Record<string, number>>
}

/** @param sends who may send a batch: the leader of its lane, or the owner of its stream */
export function watchFacts(world: World, hub: HubView, sends: 'leader' | 'owner' = 'leader'): FactsWitness {
  const attempts: Attempt[] = []
  /** Alive contexts' appends not yet answered. */
  const open = new Map<Attempt, WorldContext>()
  const wire = new Map<string, string>()
  const given = new Map<string, string>()
  const stored = new Map<string, FactRef & { readonly device: string }>()
  /** Settled by an answer: `stream.seq`, and the watermark of each stream. */
  const settled = new Set<string>()
  const marks = new Map<string, number>()
  /** Highest number a server has seen of each stream. */
  const sentUpTo = new Map<string, number>()
  const purging = new Set<string>()
  /** The device each record was given on, and the records that a withdrawal has deleted by now. */
  const from = new Map<string, string>()
  const withdrawn = new Set<string>()
  const counts = { ordered: 0, evicted: 0, aside: 0, keptAtRestart: 0, sentAgain: 0 }
  const traffic = watchTraffic(world, sends)
  const isSettled = (stream: string, seq: number): boolean => settled.has(`${stream}.${seq}`) || seq <= (marks.get(stream) || 0)
  const drops = watchDrops(world, isSettled, (id) => given.get(id))

  world.onExchange((exchange) => seeExchange(exchange))
  world.onSend((context, { url, body, keepalive }) => {
    // the last words of another tab are not asked: it may not know yet
    if (!/\/v1\/facts$/.test(url) || keepalive) return undefined
    const { stream, facts } = factsIn(body)
    facts.forEach(({ seq }) => withdrawn.has(`${stream}.${seq}`) && world.broken('purge', `${stream}.${seq} left ${context} after its withdrawal`))
    return undefined
  })

  function seeExchange({ request, response }: Exchange): void {
    if (request.method !== 'POST' || !/\/v1\/facts$/.test(request.url)) return
    const body = request.body || ''
    const asked = factsIn(body)
    ;((asked.facts.length && sliceFacts(body)) || []).forEach((text, i) => {
      const id = `${asked.stream}.${(asked.facts[i] as Fact).seq}`
      const before = wire.get(id)
      if (before !== undefined && before !== text) world.broken('I9', `${id} was sent as ${before} and as ${text}`)
      if (before !== undefined) counts.sentAgain++
      wire.set(id, text)
      sentUpTo.set(asked.stream, Math.max(sentUpTo.get(asked.stream) || 0, (asked.facts[i] as Fact).seq))
    })
    if (response.status !== 200) return
    const answer = JSON.parse(response.text) as FactsResponse
    if (answer.fork) world.broken('forks', `stream ${asked.stream} of an honest device`)
    const top = sentUpTo.get(asked.stream) || 0
    if (answer.through > top) world.broken('I14', `${asked.stream} was acknowledged up to ${answer.through} and sent up to ${top}`)
    marks.set(asked.stream, Math.max(marks.get(asked.stream) || 0, answer.through))
    answer.except.forEach(({ seq }) => settled.add(`${asked.stream}.${seq}`))
    asked.facts.forEach(({ seq }) => seq <= answer.through && settled.add(`${asked.stream}.${seq}`))
  }

  const damaged = (): Set<string> => {
    const ids = new Set<string>()
    world.devices.forEach((device) => device.damaged.forEach(({ stream, seq }) => ids.add(`${stream}.${seq}`)))
    return ids
  }

  const held = (device: WorldDevice): { readonly stream: string; readonly seq: number }[] => {
    const found: { stream: string; seq: number }[] = []
    device.memory.logs.forEach((log, name) => {
      const stream = name.slice(name.lastIndexOf(':') + 1)
      log.read(1, Infinity, Infinity).forEach(({ seq }) => found.push({ stream, seq }))
    })
    return found
  }

  async function append(context: WorldContext, outbox: Pick<Outbox, 'append'>, lane: Lane, draft: FactDraft): Promise<FactRef | undefined> {
    const attempt: Attempt = { n: attempts.length + 1, from: context.name, lane }
    attempts.push(attempt)
    open.set(attempt, context)
    world.note(context.name, `append ${lane} n=${attempt.n}`)
    try {
      attempt.ref = await outbox.append({ ...draft, body: { ...draft.body, n: attempt.n } })
      attempt.before = attempts.length
      world.note(context.name, `stored n=${attempt.n} as ${attempt.ref.stream}.${attempt.ref.seq}`)
    } catch (error) {
      const code = codeOf(error)
      if (code) attempt.code = code
      world.note(context.name, `refused n=${attempt.n}: ${String(error)}`)
      if (!code) world.broken('I5', `append rejected with ${error instanceof Error && error.stack ? error.stack : String(error)}`)
    } finally {
      open.delete(attempt)
    }
    return attempt.ref
  }

  async function rotate(context: WorldContext, outbox: Pick<Outbox, 'rotate'>, purge: boolean): Promise<void> {
    const device = deviceOf(context.name)
    world.note(context.name, purge ? 'rotate, purge' : 'rotate')
    // it may take its effect at any time until it resolves, also after a kill and by another tab
    if (purge) purging.add(device)
    const before = Array.from(given.keys()).filter((id) => observeOf(given.get(id)) && !isTradeStream(streamOf(id)) && from.get(id) === device)
    try {
      await outbox.rotate({ purge })
      if (purge) before.forEach((id) => withdrawn.add(id))
    } catch (error) {
      world.note(context.name, `rotate: ${String(error)}`)
      if (!codeOf(error)) world.broken('I5', `rotate rejected with ${String(error)}`)
      return
    }
  }

  return {
    attempts,
    append,
    rotate,
    get counts() {
      return { ...counts, ...traffic }
    },
    watch(device) {
      drops.watch(device)
      device.onRecord({
        given(stream, seq, text) {
          const id = `${stream}.${seq}`
          from.set(id, device.name)
          const before = given.get(id)
          if (before !== undefined && before !== text) world.broken('I9', `${id} was given to ${before} and to ${text}`)
          given.set(id, text)
        },
        stored: (stream, seq) => void stored.set(`${stream}.${seq}`, { stream, seq, device: device.name }),
      })
    },
    booted(context, device) {
      if (context.generation === 1) return
      const safe = new Set(held(device).map(({ stream, seq }) => `${stream}.${seq}`))
      attempts.forEach(({ n, ref, from }) => {
        if (!ref || deviceOf(from) !== device.name) return
        const id = `${ref.stream}.${ref.seq}`
        counts.keptAtRestart++
        if (safe.has(id) || isSettled(ref.stream, ref.seq) || drops.evicted.has(id) || drops.purged.has(id)) return
        world.fail('I8', `n=${n} was stored as ${id} and is neither on ${device.name} nor with the hub`)
      })
    },
    async drained() {
      for (const [attempt, context] of Array.from(open)) if (!context.alive) open.delete(attempt)
      if (open.size) return false
      const all = await hub.streams()
      const views = new Map(all.map((view) => [view.stream, view]))
      const broken = damaged()
      // what the disk made unreadable is stated once its owner hears of the gap
      if (Array.from(broken).some((id) => !(purging.size && observeOf(given.get(id))) && missing(all, id))) return false
      return world.devices.every((device) =>
        held(device).every(({ stream, seq }) => {
          const view = views.get(stream)
          return broken.has(`${stream}.${seq}`) || (view !== undefined && settledIn(view, seq))
        }),
      )
    },
    async check() {
      const views = await hub.streams()
      const byStream = new Map(views.map((view) => [view.stream, view]))
      const ended = endedStreams(views)
      const broken = damaged()
      const where = new Map<number, string>()

      views.forEach((view) => {
        let highest = 0
        const last = new Map<string, number>()
        Array.from(view.facts.keys())
          .sort((a, b) => a - b)
          .forEach((seq) => {
            const id = `${view.stream}.${seq}`
            const fact = JSON.parse(view.facts.get(seq) as string) as Fact
            const { n } = fact.body
            if (typeof n !== 'number') return
            const other = where.get(n)
            if (other) world.fail('I1', `n=${n} stands at ${other} and at ${id}`)
            where.set(n, id)
            const { from, before: called = Infinity } = attempts[n - 1] as Attempt
            // two tabs that append at the same time have no order; one tab has, unless a write failed and came again
            if (highest > called || (!world.faults.quota && !world.faults.storage && n < (last.get(from) || 0)))
              world.fail('I2', `${id} holds n=${n} after n=${highest}`)
            counts.ordered++
            last.set(from, n)
            highest = Math.max(highest, n)
          })
      })

      attempts.forEach(({ n, ref, lane, from }) => {
        if (!ref) return
        const id = `${ref.stream}.${ref.seq}`
        if (where.get(n) === id || broken.has(id)) return
        const view = byStream.get(ref.stream)
        if (view && (view.refused.has(ref.seq) || (view.lane === 'observe' && view.lost.has(ref.seq)))) return
        const end = ended.get(ref.stream)
        // a purge leaves a statement, unless no answer about the stream had come
        if (lane === 'observe' && purging.has(deviceOf(from)) && (!end || ref.seq > end.through)) return
        world.fail('I1', `n=${n} was stored as ${id}; the hub has it ${where.get(n) ? `at ${where.get(n)}` : 'nowhere'}`)
      })

      // the same of every record a program was told is stored, whoever appended it
      stored.forEach(({ stream, seq, device }, id) => {
        const text = given.get(id) as string
        const view = byStream.get(stream)
        const there = view && view.facts.get(seq)
        if (there === `{"seq":${seq},${text.slice(1)}` || broken.has(id) || (view && view.refused.has(seq))) return
        const end = ended.get(stream)
        if (observeOf(text) && ((view && view.lost.has(seq)) || (purging.has(device) && (!end || seq > end.through)))) return
        world.fail('I1', `${id} was stored as ${text}; the hub has ${there || 'nothing'}`)
      })

      drops.evicted.forEach((id) => {
        const dot = id.lastIndexOf('.')
        const view = byStream.get(id.slice(0, dot))
        const seq = Number(id.slice(dot + 1))
        counts.evicted++
        if (view ? settledIn(view, seq) || ended.has(view.stream) || purging.size : purging.size) return
        world.fail('I6', `${id} left for want of room and that was never stated`)
      })

      views.forEach((view) => {
        if (view.forks) world.fail('forks', `stream ${view.stream} of an honest device`)
        const top = Math.max(view.head, ...Array.from(view.facts.keys()))
        const end = ended.get(view.stream)
        const evicted = lostTo(view, 'evicted')
        for (let seq = 1; seq <= top; seq++) {
          const id = `${view.stream}.${seq}`
          const ways = [view.facts, view.refused, view.lost].filter((set) => set.has(seq)).length
          // what leaves for want of room may have reached the hub with its answer still out
          if (ways > 1 && !broken.has(id) && !evicted.has(seq))
            world.fail('losses', `${id} is ${view.lost.has(seq) ? 'stated lost' : 'refused'} and yet stored`)
          if (!ways && !broken.has(id) && seq <= (marks.get(view.stream) || 0)) world.fail('I14', `${id} was settled by an answer and is not in the hub`)
          const purged = end ? seq > end.through : view.lane === 'observe' && purging.size > 0
          if (!ways && !purged && seq < Math.max(...Array.from(view.facts.keys()))) world.fail('losses', `${id} is missing and not stated`)
        }
        brokenLinks(view).forEach((seq) => {
          // a link to a record that could not be stored or read again points at nothing, and the number says so; a page states that without a link
          const excused =
            (isTradeStream(view.stream) && seq > 1) || view.lost.has(seq - 1) || view.refused.has(seq - 1) || broken.has(`${view.stream}.${seq - 1}`)
          if (!excused) world.fail('chain', `${view.stream}.${seq} does not carry the hash of the record before`)
        })
      })
    },
    async checkAside(device, aside) {
      const views = await hub.streams()
      const broken = damaged()
      const found = new Map(aside.map((one) => [`${one.stream}.${one.seq}`, one]))
      views.forEach(({ stream, refused, lost }) =>
        refused.forEach((_, seq) => {
          const id = `${stream}.${seq}`
          const text = given.get(id)
          if (text === undefined || broken.has(id) || lost.has(seq) || drops.evicted.has(id) || (purging.size && !isTrade(text))) return
          counts.aside++
          const one = found.get(id)
          if (!one || one.text !== text)
            world.fail('I7', `${id} was refused and stands ${one ? `as ${one.text}` : 'nowhere'} in the quarantine of ${device.name}`)
        }),
      )
      found.forEach((_, id) => {
        const dot = id.lastIndexOf('.')
        const view = views.find(({ stream }) => stream === id.slice(0, dot))
        if (!broken.has(id) && !(view && view.refused.has(Number(id.slice(dot + 1)))))
          world.fail('I7', `${id} is in the quarantine of ${device.name} for no reason`)
      })
    },
  }
}

const settledIn = (view: StreamView, seq: number): boolean => seq <= view.through || view.facts.has(seq) || view.refused.has(seq) || view.lost.has(seq)
const observeOf = (text = ''): boolean => !isTrade(text)

/** The hub has later facts of the stream, which goes on, and nothing about this number. */
function missing(views: readonly StreamView[], id: string): boolean {
  const dot = id.lastIndexOf('.')
  const view = views.find(({ stream }) => stream === id.slice(0, dot))
  const seq = Number(id.slice(dot + 1))
  return view !== undefined && !settledIn(view, seq) && !endedStreams(views).has(view.stream) && Array.from(view.facts.keys()).some((other) => other > seq)
}

const streamOf = (id: string): string => id.slice(0, id.lastIndexOf('.'))
const deviceOf = (context: string): string => context.slice(0, context.indexOf('/'))

/** Numbers a stream's own statements give as lost for one cause. */
function lostTo(view: StreamView, cause: FactsLostBody['cause']): Set<number> {
  const numbers = new Set<number>()
  view.facts.forEach((text) => {
    const { kind, body } = JSON.parse(text) as Fact
    if (kind !== 'Facts Lost' || body['cause'] !== cause) return
    ;(body as FactsLostBody).ranges.forEach(([from, to]) => {
      for (let n = from; n <= to; n++) numbers.add(n)
    })
  })
  return numbers
}
