import { firstOf, noteRefusal, type Stage } from './stage'
import { yuan } from '../view/yuan'

/** What the cashier does. */
export interface Cashier {
  /** Pulls the till's cable, after taking a lease on the coupon in the basket; or plugs it in again. */
  cable(pulled: boolean): Promise<void>
  /** Redeems the coupon in the basket, numbers and seals a receipt. */
  sell(): Promise<void>
  putAway(): void
}

export function createCashier(stage: Stage): Cashier {
  const { config, devices, journal, scene } = stage
  const { till, cable, web } = devices

  async function lease(): Promise<void> {
    const { item, state } = scene.ticket
    if (state !== 'claimed' || item === undefined) return
    const leased = await till.offline.acquireLease({ kind: 'item', id: item, qty: 1 }, { coupon: config.coupon.id })
    journal.note('till', (words) => (leased.ok ? words.log.leased : words.log.leaseRefused(words.issue(firstOf(leased.issues)))), !leased.ok)
  }

  async function ring(): Promise<void> {
    const quote = scene.priced.till?.quote
    if (!quote) return
    // the receipt is an order of its own; a repeated click is kept away by `busy`
    const order = `A-${Date.now().toString(36)}`
    const member = scene.tillMember?.member ?? web.identity.member()
    const { item, token } = scene.ticket
    const amount = quote.applied.find(({ rule }) => rule === config.coupon.id)?.amount
    const redemptions = []
    if (amount !== undefined && item !== undefined && token !== undefined) {
      const redeemed = await till.redeem({ order, coupon: config.coupon.id, item, token, amount, ...(member === undefined ? {} : { member }) })
      if (!redeemed.ok) return noteRefusal(stage, 'till', redeemed.issues, 'redeemRefused')
      redemptions.push(redeemed.value)
      scene.ticket = { ...redeemedTicket() }
      journal.note('till', (words) => words.log.redeemed(redeemed.value.offline))
    }
    const issued = await till.issueReceipt({
      order,
      quote,
      redemptions,
      tender: [{ method: 'card', amount: quote.totals.pay }],
      ...(member === undefined ? {} : { member }),
    })
    if (!issued.ok) return journal.note('till', (words) => words.log.printRefused(words.issue(firstOf(issued.issues))), true)
    const { receiptNo, totals, seal } = issued.value
    // the hub has none of it yet, whatever the last look at it said
    const { pending } = await till.outbox.stats()
    scene.accounts = { ...scene.accounts, till: { confirmed: 0, missing: 0, ...scene.accounts.till, pending } }
    scene.slip = { receipt: issued.value, offline: !cable.plugged(), at: Date.now() }
    journal.note('till', (words) => words.log.printed(receiptNo, yuan(totals.pay), seal.hash.slice(0, 8)))
  }

  const redeemedTicket = (): Stage['scene']['ticket'] => {
    const { refused: _, ...ticket } = scene.ticket
    return { ...ticket, state: 'redeemed' }
  }

  return {
    async cable(pulled) {
      if (pulled) {
        await lease()
        cable.pull()
      } else cable.plug()
      journal.note('till', (words) => (pulled ? words.log.pulled : words.log.plugged), pulled)
      await stage.requote()
    },
    async sell() {
      if (scene.busy) return
      scene.busy = true
      stage.show()
      // a sale is the shop's own record: from here on the till needs the disk
      await devices.openTillStore()
      await ring().finally(() => (scene.busy = false))
      await stage.requote()
    },
    putAway() {
      scene.slip = undefined
      stage.show()
    },
  }
}
