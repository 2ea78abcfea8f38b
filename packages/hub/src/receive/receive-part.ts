import { refuse, type Result } from '@omokit/core'
import type { YoushuOptions } from '@omokit/core/maps'
import { freezeForkedTerminals } from '../authority/freeze-terminal'
import type { FactConsumer } from '../facts/consumer'
import { answer } from '../http/answer'
import { jsonBody } from '../http/json-body'
import { refusalResponse } from '../http/refusal'
import type { HubContext, HubPart } from '../hub-context'
import { randomText } from '../keys/create-key'
import { readMessages, type Source } from './read-messages'
import { takeReceived } from './take-received'

const sources: readonly string[] = ['segment', 'ga4', 'youshu'] satisfies Source[]

/** `POST /v1/receive/<source>`: payloads of other trackers, for brands that move without touching their pages. */
export function receivePart(context: HubContext, consumers: readonly FactConsumer[]): HubPart {
  const { store, limits, effects } = context
  const taking = { store, consumers, openRanges: limits.openRanges, onFork: freezeForkedTerminals }
  return {
    mount(app) {
      app.post('/v1/receive/:source', async (c) => {
        const source = c.req.param('source')
        if (!sources.includes(source)) return refusalResponse(refuse('not-found', { path: source, need: sources.join(', ') }))
        const options = readOptions(c.req.query('currency'), c.req.query('pay'))
        if (!options.ok) return answer(options)
        const body = await jsonBody(c.req.raw, limits)
        if (!body.ok) return answer(body)
        const messages = readMessages(source as Source, body.value, options.value, limits.facts)
        if (!messages.ok) return answer(messages)
        const receivedAt = effects.now()
        const day = new Date(receivedAt).toISOString().slice(0, 10)
        await store.prepareDay(day)
        const { key, member } = c.var
        const nonce = randomText(effects, 16)
        const sender = { key, members: new Set(member === undefined ? [] : [member]), receivedAt }
        return answer({
          ok: true,
          value: await store.tx(key.brand, (trx) =>
            takeReceived(trx, taking, source as Source, messages.value, { factBytes: limits.factBytes, nonce }, sender, day),
          ),
        })
      })
    },
  }
}

/** What the address says of the payload: `currency` of amounts without one, and what Youshu's `pay` means. */
function readOptions(currency: string | undefined, pay: string | undefined): Result<YoushuOptions> {
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency)) return refuse('invalid', { path: 'currency', have: currency.slice(0, 20), need: 'ISO 4217' })
  if (pay !== undefined && pay !== 'paid' && pay !== 'started') return refuse('invalid', { path: 'pay', have: pay.slice(0, 20), need: 'paid | started' })
  return { ok: true, value: { ...(currency !== undefined && { currency }), ...(pay !== undefined && { pay }) } }
}
