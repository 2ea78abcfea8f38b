import { hash } from '@omokit/core'
import type { FactsResponse, IssueCode, Net, NetRequest, NetResponse } from '@omokit/core'

/** One stream as the hub knows it: a watermark and what lies above it. */
export interface HubStream {
  readonly lane: string
  /** Texts by number, as received. */
  readonly facts: Map<number, string>
  readonly settled: Set<number>
  link: string
  forks: number
  chainBreaks: number
  /** Copies of facts seen before, byte for byte. */
  duplicates: number
}

export interface FakeHub extends Net {
  readonly streams: Map<string, HubStream>
  readonly requests: NetRequest[]
  /** Answers instead of the hub when it returns something; throw to give no answer. */
  fault: ((request: NetRequest, parsed: () => SentFacts) => NetResponse | undefined) | undefined
  /** Facts to refuse one by one. */
  refuse: (fact: Record<string, unknown>) => IssueCode | undefined
  /** Changes an answer on its way back. */
  twist: (answer: FactsResponse) => unknown
  /** Bodies of all facts of a kind, in order of arrival. */
  of(kind: string): Record<string, unknown>[]
  /** Kinds received, stream by stream in order of number. */
  kinds(): string[]
  time: number
}

export interface SentFacts {
  readonly stream: string
  readonly lane: string
  readonly head: number
  readonly facts: readonly { readonly seq: number; readonly kind: string; readonly body: Record<string, unknown>; readonly prev?: string }[]
}

export const ok = (body: unknown): NetResponse => ({ status: 200, headers: {}, text: JSON.stringify(body) })
export const refusal = (status: number, code: IssueCode, headers: Record<string, string> = {}): NetResponse => ({
  status,
  headers,
  text: JSON.stringify({ ok: false, issues: [{ code }] }),
})

/** A hub after protocol.md, small enough to be read: watermark and sparse set, forks, chain, statements of loss. */
export function createFakeHub(): FakeHub {
  const streams = new Map<string, HubStream>()
  const arrived: Record<string, unknown>[] = []

  const watermark = (settled: Set<number>): number => {
    let through = 0
    while (settled.has(through + 1)) through++
    return through
  }

  const hub: FakeHub = {
    streams,
    requests: [],
    fault: undefined,
    refuse: () => undefined,
    twist: (answer) => answer,
    time: Date.UTC(2026, 0, 2),
    of: (kind) => arrived.filter((fact) => fact.kind === kind).map((fact) => fact.body as Record<string, unknown>),
    kinds: () =>
      Array.from(streams.values()).flatMap((stream) =>
        Array.from(stream.facts.keys())
          .sort((a, b) => a - b)
          .map((seq) => (JSON.parse(stream.facts.get(seq) as string) as { kind: string }).kind),
      ),
    async send(request) {
      hub.requests.push(request)
      const answer = hub.fault && hub.fault(request, () => JSON.parse(request.body as string) as SentFacts)
      if (answer) return answer
      let sent: SentFacts
      try {
        sent = JSON.parse(request.body as string) as SentFacts
      } catch {
        return refusal(400, 'malformed')
      }
      if (sent.facts.length > 500) return refusal(400, 'too-many')
      const stream = streams.get(sent.stream) || { lane: sent.lane, facts: new Map(), settled: new Set(), link: '', forks: 0, chainBreaks: 0, duplicates: 0 }
      streams.set(sent.stream, stream)
      const except: { seq: number; code: IssueCode }[] = []
      const texts = split(
        request.body as string,
        sent.facts.map((fact) => fact.seq),
      )
      let fork = false
      sent.facts.forEach((fact, i) => {
        const text = texts[i] as string
        const old = stream.facts.get(fact.seq)
        if (old !== undefined) {
          if (old === text) stream.duplicates++
          else {
            fork = true
            stream.forks++
          }
          return
        }
        stream.settled.add(fact.seq)
        const code = hub.refuse(fact as unknown as Record<string, unknown>)
        if (code) {
          except.push({ seq: fact.seq, code })
          return
        }
        stream.facts.set(fact.seq, text)
        arrived.push(fact as unknown as Record<string, unknown>)
        if (sent.lane === 'trade') {
          if (fact.prev !== stream.link) stream.chainBreaks++
          stream.link = hash('fact', text)
        }
        if (fact.kind === 'Facts Lost') {
          for (const [low, high] of fact.body.ranges as [number, number][]) for (let n = low; n <= high; n++) stream.settled.add(n)
        }
      })
      const through = watermark(stream.settled)
      const gaps: [number, number][] = []
      const top = Array.from(stream.settled).reduce((most, n) => Math.max(most, n), 0)
      for (let n = through + 1; n < top; n++) if (!stream.settled.has(n)) gaps.push([n, n])
      return ok(hub.twist({ through, except, server_time: hub.time, ...(gaps.length ? { gaps } : {}), ...(fork ? { fork } : {}) }))
    },
  }
  return hub
}

/** The exact text of each fact, cut out of the body at its number. */
function split(body: string, seqs: readonly number[]): string[] {
  const start = body.indexOf('"facts":[') + 9
  const texts: string[] = []
  let at = start
  seqs.forEach((_, i) => {
    const next = i + 1 < seqs.length ? body.indexOf(`,{"seq":${seqs[i + 1]},`, at) : body.lastIndexOf(']}')
    texts.push(body.slice(at, next))
    at = next + 1
  })
  return texts
}
