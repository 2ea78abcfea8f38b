import { appendFileSync, fsyncSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { accept } from '@omokit/core'
import { createNodePorts } from '@omokit/core/node'
import { createTill } from 'omokit'
import { createCable } from '../cable'
import type { TillCall, TillSetup } from './till-calls'

/** A till on its folder, with the cable to pull and the printer, as the story asks it. */
export function openTillDesk(setup: TillSetup): TillCall {
  // the cable that the story pulls: requests find no network, everything else is the till's own
  const cable = createCable(createNodePorts({ brand: setup.brand, dir: setup.dir, platform: 'till' }))
  const till = createTill({ ...setup, ports: cable.ports })
  // what came out of the printer: the till's own paper, kept apart from omokit's files
  const printer = openSync(join(setup.dir, 'printed.jsonl'), 'a')

  return {
    async start() {
      await till.start()
      return true
    },
    async cable({ in: plugged }) {
      if (plugged) cable.plug()
      else cable.pull()
      return true
    },
    async release() {
      return { version: till.pricing.version(), state: till.pricing.state() }
    },
    async refresh() {
      await till.pricing.refresh()
      return { version: till.pricing.version(), state: till.pricing.state() }
    },
    quote: async ({ basket }) => till.quote(basket),
    readMember: ({ code }) => till.readMember(code),
    wallet: ({ code }) => till.coupons.list(code),
    lease: ({ item, coupon }) => till.offline.acquireLease({ kind: 'item', id: item, qty: 1 }, { coupon }),
    redeem: ({ redemption }) => till.redeem(redemption),
    async sell({ order, basket, redemptions, member, payment }) {
      const quote = till.quote(basket)
      if (!quote.ok) return quote
      const receipt = await till.issueReceipt({
        order,
        quote: quote.value,
        tender: [{ method: payment, amount: quote.value.totals.pay }],
        ...(redemptions ? { redemptions } : {}),
        ...(member ? { member } : {}),
      })
      if (receipt.ok) {
        appendFileSync(
          printer,
          `${JSON.stringify({ order, receiptNo: receipt.value.receiptNo, pay: receipt.value.totals.pay, seal: receipt.value.seal.hash })}\n`,
        )
        fsyncSync(printer)
      }
      return receipt.ok ? accept({ receiptNo: receipt.value.receiptNo, pay: receipt.value.totals.pay, seal: receipt.value.seal.hash }) : receipt
    },
    flush: () => till.flush(),
    async stop() {
      await till.stop()
      return true
    },
  }
}
