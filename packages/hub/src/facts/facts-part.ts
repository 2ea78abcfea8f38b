import { freezeForkedTerminals } from '../authority/freeze-terminal'
import { answer } from '../http/answer'
import { readBody } from '../http/read-body'
import type { HubContext, HubPart } from '../hub-context'
import type { FactConsumer } from './consumer'
import type { ReadFact } from './read-fact'
import { readRequest } from './read-request'
import { takeFacts } from './take-facts'

/** `POST /v1/facts`. */
export function factsPart(context: HubContext, consumers: readonly FactConsumer[], memberOf: HubPart['memberOf']): HubPart {
  const { store, limits, effects } = context
  const taking = { store, consumers, openRanges: limits.openRanges, onFork: freezeForkedTerminals }
  return {
    mount(app) {
      app.post('/v1/facts', async (c) => {
        const body = await readBody(c.req.raw, limits.bodyBytes)
        if (!body.ok) return answer(body)
        const request = readRequest(body.value, limits)
        if (!request.ok) return answer(request)
        const { key, member } = c.var
        const members = new Set(member === undefined ? [] : [member])
        // proofs are looked up before the transaction begins: an embedded store has one connection
        if (key.kind === 'publishable' && memberOf) {
          for (const proof of proofsIn(request.value.facts)) {
            const proved = await memberOf(key.brand, proof)
            if (proved !== undefined) members.add(proved)
          }
        }
        return answer(await takeFacts(taking, request.value, { key, members, receivedAt: effects.now() }))
      })
    },
  }
}

const mostProofs = 8

/** Session tokens that links carry as their proof: the header's may have changed since. */
function proofsIn(facts: readonly ReadFact[]): ReadonlySet<string> {
  const proofs = new Set<string>()
  for (const { fact } of facts) {
    const proof = fact?.kind === 'Identity Linked' ? fact.body['proof'] : undefined
    if (typeof proof === 'string' && proof.length <= 1000 && proofs.size < mostProofs) proofs.add(proof)
  }
  return proofs
}
