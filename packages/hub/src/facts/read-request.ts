import { accept, type Lane, refuse, type Result } from '@omokit/core'
import type { HubLimits } from '../http/limits'
import { scanJson } from '../http/strict-json'
import { type ReadFact, readFact } from './read-fact'

/** `POST /v1/facts`, read as far as it can be without looking at the store. */
export interface ReadRequest {
  readonly stream: string
  readonly lane: Lane
  readonly sentAt: number
  readonly head: number
  /** Ascending by number. */
  readonly facts: readonly ReadFact[]
}

const streamForm = /^[A-Za-z0-9_-]{1,64}$/

/** Reads the body of a batch. A refusal here concerns the envelope; what is wrong with one fact is told with the fact. */
export function readRequest(body: string, limits: HubLimits): Result<ReadRequest> {
  const scan = scanJson(body, { depth: limits.depth, slice: 'facts', elements: limits.facts })
  if (scan.issue) return refuse(scan.issue, scan.issue === 'too-many' ? { path: 'facts', need: limits.facts } : { path: `character ${scan.at ?? 0}` })
  if (!scan.slices) return refuse('invalid', { path: 'facts', need: 'array' })
  const { stream, lane, sent_at: sentAt, head } = JSON.parse(scan.rest) as Readonly<Record<string, unknown>>
  if (typeof stream !== 'string' || !streamForm.test(stream)) return refuse('invalid', { path: 'stream' })
  if (lane !== 'trade' && lane !== 'observe') return refuse('invalid', { path: 'lane' })
  if (!isCount(sentAt)) return refuse('invalid', { path: 'sent_at' })
  if (!isCount(head)) return refuse('invalid', { path: 'head' })
  const facts: ReadFact[] = []
  for (const [i, slice] of scan.slices.entries()) {
    const fact = readFact(slice, lane, limits.factBytes)
    if (!fact) return refuse('invalid', { path: `facts.${i}.seq` })
    facts.push(fact)
  }
  facts.sort((a, b) => a.seq - b.seq)
  return accept({ stream, lane, sentAt, head, facts })
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
