import { refuse } from '@omokit/core'
import { json } from '../http/answer'
import { refuseUnless } from '../http/authorise'
import { refusalResponse } from '../http/refusal'
import type { HubContext, HubPart } from '../hub-context'
import type { Trx } from '../store/store'
import { claimsReport } from './claims-report'
import { findingsReport } from './findings-report'
import { funnelReport } from './funnel-report'
import { ordersReport } from './orders-report'
import { parityReport } from './parity-report'
import { personsReport } from './persons-report'
import { receivedReport } from './received-report'
import { redemptionsReport } from './redemptions-report'
import { streamsReport } from './streams-report'

/** What a report may be asked: the query's texts. */
type Query = (name: string) => string | undefined
type Report = (trx: Trx, brand: string, query: Query, now: number) => Promise<unknown>

const reports: Readonly<Record<string, Report>> = {
  streams: (trx, brand, query) => streamsReport(trx, brand, pageOf(query)),
  findings: (trx, brand, query) => findingsReport(trx, brand, query('code')),
  parity: parityReport,
  persons: (trx, brand, query) => personsReport(trx, brand, pageOf(query)),
  orders: ordersReport,
  claims: claimsReport,
  received: receivedReport,
  redemptions: (trx, brand, query) => redemptionsReport(trx, brand, query('by')),
  funnel: (trx, brand, query, now) => funnelReport(trx, brand, time(query('from')) ?? now - 30 * 86_400_000, time(query('to')) ?? now + 1),
}

/** `GET /v1/reports/<name>` for the brand's server and for staff who may read reports. */
export function reportsPart(context: HubContext): HubPart {
  return {
    mount(app) {
      app.get('/v1/reports/:name', async (c) => {
        const refused = refuseUnless(c.var.key, ['secret', 'staff'], ['reports'])
        if (refused) return refused
        const name = c.req.param('name')
        const report = Object.hasOwn(reports, name) ? reports[name] : undefined
        if (!report) return refusalResponse(refuse('not-found', { path: name, need: Object.keys(reports).join(', ') }))
        const { brand } = c.var.key
        return json(await context.store.tx(brand, (trx) => report(trx, brand, (field) => c.req.query(field), context.effects.now())))
      })
    },
  }
}

function pageOf(query: Query): { readonly after?: string; readonly limit?: number } {
  const [after, limit] = [query('after'), Number(query('limit'))]
  return { ...(after === undefined ? {} : { after }), ...(Number.isInteger(limit) && limit > 0 ? { limit: Math.min(limit, 1000) } : {}) }
}

function time(text: string | undefined): number | undefined {
  const value = Number(text)
  return text !== undefined && Number.isSafeInteger(value) && value >= 0 && value < 8e15 ? value : undefined
}
