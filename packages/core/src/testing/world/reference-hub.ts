import { factKinds } from '../../fact-kinds'
import type { Fact, FactsLostBody, FactsRequest, FactsResponse, StreamEndedBody } from '../../facts'
import { hash } from '../../hash'
import type { IssueCode } from '../../issues'
import type { FetchAnswer, FetchLike } from '../../memory/fetch-net'
import { sliceFacts } from './slice-facts'

/** What a hub has of one stream: the same view is made of the reference and of a real hub, for the checkers. */
export interface StreamView {
  readonly stream: string
  readonly lane: string
  /** Stored facts by number: the bytes as they came. */
  readonly facts: ReadonlyMap<number, string>
  /** Refused facts by number. */
  readonly refused: ReadonlyMap<number, string>
  /** Numbers stated lost. */
  readonly lost: ReadonlySet<number>
  readonly through: number
  /** Highest head a device told. */
  readonly head: number
  readonly forks: number
}

/** A hub's stored facts. */
export interface HubView {
  streams(): Promise<readonly StreamView[]>
}

/** A receiver of facts in plain lines, written from the protocol page alone: an oracle for outbox runs. */
export interface ReferenceHub extends HubView {
  /** A process over the store; call again after a crash. */
  start(): FetchLike
}

export interface ReferenceHubOptions {
  readonly now: () => number
  /** Refuses a fact for a reason of the test's own. */
  readonly refuse?: (fact: Fact) => IssueCode | undefined
}

interface StreamState {
  readonly lane: string
  readonly facts: Map<number, string>
  readonly refused: Map<number, IssueCode>
  readonly lost: Set<number>
  head: number
  through: number
  forks: number
}

export function createReferenceHub({ now, refuse = () => undefined }: ReferenceHubOptions): ReferenceHub {
  const stored = new Map<string, StreamState>()

  function take(request: FactsRequest, texts: readonly string[]): FactsResponse | IssueCode {
    let state = stored.get(request.stream)
    if (!state)
      stored.set(request.stream, (state = { lane: request.lane, facts: new Map(), refused: new Map(), lost: new Set(), head: 0, through: 0, forks: 0 }))
    const { facts, refused, lost, lane } = state
    if (lane !== request.lane) return 'wrong-lane'
    const except: { seq: number; code: IssueCode }[] = []
    let fork = false
    texts.forEach((text, i) => {
      const fact = request.facts[i] as Fact
      const { seq } = fact
      const known = facts.get(seq)
      const reason = refused.get(seq)
      if (known !== undefined && known !== text) {
        fork = true
        return
      }
      if (reason) except.push({ seq, code: reason })
      if (known !== undefined || reason) return
      const code = whyNot(fact, request.lane) || refuse(fact)
      if (code) {
        refused.set(seq, code)
        except.push({ seq, code })
        return
      }
      facts.set(seq, text)
      if (fact.kind === 'Facts Lost')
        (fact.body as FactsLostBody).ranges.forEach(([from, to]) => {
          for (let n = from; n <= to; n++) lost.add(n)
        })
    })
    if (fork) state.forks++
    const settled = (n: number): boolean => facts.has(n) || refused.has(n) || lost.has(n)
    while (settled(state.through + 1)) state.through++
    state.head = Math.max(state.head, request.head)
    const gaps = gapsIn(settled, state.through + 1, Math.max(0, ...Array.from(facts.keys()), ...Array.from(refused.keys())))
    return { through: state.through, except, server_time: now(), ...(gaps.length ? { gaps } : {}), ...(fork ? { fork } : {}) }
  }

  return {
    start: () => (url, init) => {
      if (!/\/v1\/facts$/.test(url) || init.method !== 'POST') return json(404, { ok: false, issues: [{ code: 'not-found' }] })
      const texts = sliceFacts(init.body || '')
      const request = parse(init.body || '') as FactsRequest | undefined
      if (!texts || !request || !request.stream || texts.length !== request.facts.length) return json(400, { ok: false, issues: [{ code: 'malformed' }] })
      const answer = take(request, texts)
      return typeof answer === 'string' ? json(400, { ok: false, issues: [{ code: answer }] }) : json(200, answer)
    },
    streams: async () => Array.from(stored, ([stream, state]) => ({ stream, ...state })),
  }
}

function gapsIn(settled: (n: number) => boolean, from: number, to: number): [number, number][] {
  const gaps: [number, number][] = []
  for (let n = from; n <= to; n++) {
    const last = gaps[gaps.length - 1]
    if (settled(n)) continue
    if (last && last[1] === n - 1) last[1] = n
    else gaps.push([n, n])
  }
  return gaps
}

function whyNot(fact: Fact, lane: string): IssueCode | undefined {
  const known = factKinds[fact.kind] || (/^x:./.test(fact.kind) ? { lane: 'observe' } : undefined)
  if (!known) return 'unknown-kind'
  return known.lane !== lane && fact.kind !== 'Facts Lost' ? 'wrong-lane' : undefined
}

/** Numbers, in a trade stream, of records that do not carry the hash of the record before. */
export function brokenLinks(view: StreamView): readonly number[] {
  if (view.lane !== 'trade') return []
  const broken: number[] = []
  let before = ''
  Array.from(view.facts.keys())
    .sort((a, b) => a - b)
    .forEach((seq) => {
      const text = view.facts.get(seq) as string
      if ((JSON.parse(text) as Fact).prev !== before) broken.push(seq)
      before = hash('fact', text)
    })
  return broken
}

/** Streams that were ended on purpose: what they purged counts as stated. */
export function endedStreams(views: readonly StreamView[]): ReadonlyMap<string, StreamEndedBody> {
  const ended = new Map<string, StreamEndedBody>()
  views.forEach((view) =>
    view.facts.forEach((text) => {
      const fact = JSON.parse(text) as Fact
      const body = fact.body as unknown as StreamEndedBody
      if (fact.kind === 'Stream Ended') ended.set(body.stream, body)
    }),
  )
  return ended
}

function json(status: number, value: unknown): FetchAnswer {
  return { status, headers: new Map([['content-type', 'application/json']]), text: () => Promise.resolve(JSON.stringify(value)) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
