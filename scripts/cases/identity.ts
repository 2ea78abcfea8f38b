import { readFileSync } from 'node:fs'
import { normaliseEmail, normalisePhone, resolve } from '@omokit/identity/resolve'
import type { IdentityEvent, Rejection, Resolution, ResolvePolicy } from '@omokit/identity/resolve'

interface NormaliseCase {
  readonly kind: 'normalise'
  readonly id: string
  readonly field: 'phone' | 'email'
  readonly input: readonly string[]
  readonly expected: string | null
}

interface GraphCase {
  readonly kind: 'graph'
  readonly id: string
  readonly policy?: ResolvePolicy
  readonly events: readonly IdentityEvent[]
  readonly expect: Omit<Resolution, 'owners'> & { readonly owners?: Readonly<Record<string, string | null>> }
}

/** Runs identity cases, each graph case in 100 shuffles with repeats. */
export function run(file: string): { passed: number; failed: number; lines: string[] } {
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly (NormaliseCase | GraphCase)[] }
  const lines: string[] = []
  for (const one of cases) {
    const wrong = one.kind === 'normalise' ? normalised(one) : resolved(one)
    if (wrong !== undefined) lines.push(`${one.id}: ${wrong}`)
  }
  return { passed: cases.length - lines.length, failed: lines.length, lines }
}

function normalised({ field, input, expected }: NormaliseCase): string | undefined {
  const wrong = input.filter((text) => (field === 'phone' ? normalisePhone(text) : normaliseEmail(text)) !== expected)
  return wrong.length ? `${wrong.map((text) => JSON.stringify(text)).join(', ')} should give ${String(expected)}` : undefined
}

function resolved({ events, policy, expect }: GraphCase): string | undefined {
  const first = shown(resolve(events, policy), expect)
  const wanted = shown({ ...expect, owners: expect.owners ?? {} }, expect)
  if (first !== wanted) return `\n  got    ${first}\n  wanted ${wanted}`
  const random = numbers(events.length + 1)
  for (let shuffle = 0; shuffle < 100; shuffle++) {
    const mixed = events
      .concat(events.filter(() => random() < 0.3))
      .map((event) => ({ event, at: random() }))
      .sort((a, b) => a.at - b.at)
    if (
      shown(
        resolve(
          mixed.map(({ event }) => event),
          policy,
        ),
        expect,
      ) !== first
    )
      return 'depends on the order of events'
  }
  return undefined
}

/** What a case compares, spelt so that sets are equal as texts. */
function shown({ clusters, canonical, rejected, owners }: Resolution, { owners: asked = {} }: GraphCase['expect']): string {
  const refusal = ({ event, link, reason }: Rejection): string => JSON.stringify([event, link && [...link].sort(), reason])
  return JSON.stringify({
    clusters,
    canonical,
    rejected: rejected.map(refusal).sort(),
    owners: Object.keys(asked)
      .sort()
      .map((id) => [id, owners[id] ?? null]),
  })
}

/** A small generator of numbers below 1 (mulberry32), so that a failure can be repeated. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
