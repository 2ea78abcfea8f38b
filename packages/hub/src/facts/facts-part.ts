import { answer } from '../http/answer'
import { readBody } from '../http/read-body'
import type { HubContext, HubPart } from '../hub-context'
import type { FactConsumer } from './consumer'
import { readRequest } from './read-request'
import { takeFacts } from './take-facts'

/** `POST /v1/facts`. */
export function factsPart(context: HubContext, consumers: readonly FactConsumer[]): HubPart {
  const { store, limits, effects } = context
  const taking = { store, consumers, openRanges: limits.openRanges }
  return {
    mount(app) {
      app.post('/v1/facts', async (c) => {
        const body = await readBody(c.req.raw, limits.bodyBytes)
        if (!body.ok) return answer(body)
        const request = readRequest(body.value, limits)
        if (!request.ok) return answer(request)
        return answer(await takeFacts(taking, request.value, { key: c.var.key, memberToken: c.var.member !== undefined, receivedAt: effects.now() }))
      })
    },
  }
}
