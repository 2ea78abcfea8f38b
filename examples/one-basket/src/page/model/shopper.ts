import { demoApi } from '../demo-api'
import { noteRefusal, firstOf, type Stage } from './stage'

/** What the shopper does, on the web and in the mini-program. */
export interface Shopper {
  choose(choice: 'grant' | 'deny'): Promise<void>
  /** Logs in, or out with undefined; the till reads the member code. */
  become(member: string | undefined): Promise<void>
  /** Shows the member code once more, where the till could read it only without the hub. */
  showCodeAgain(): Promise<void>
  claim(): Promise<void>
  /** Tries the redeemed coupon once more, on the web. */
  useAgain(): Promise<void>
}

/** Version of the consent text above the buttons. */
const consentText = 'one-basket-1'

export function createShopper(stage: Stage): Shopper {
  const { config, devices, journal, scene } = stage
  const { web, mini, till } = devices
  const shops = [web, mini]

  async function showMemberCode(name: string): Promise<void> {
    const code = await web.identity.memberCode()
    if (!code.ok) return journal.note('web', (words) => words.log.codeRefused(words.issue(firstOf(code.issues))), true)
    const read = await till.readMember(code.value.code)
    if (!read.ok) return journal.note('till', (words) => words.log.codeRefused(words.issue(firstOf(read.issues))), true)
    scene.tillMember = read.value
    const { tier } = read.value
    journal.note('till', (words) => (tier === undefined ? words.log.codeOffline : words.log.codeRead(name, tierName(tier, words))))
  }

  /** Finds what the member has already. */
  async function openWallet(): Promise<void> {
    const wallet = await web.coupons.list()
    const mine = wallet.ok ? wallet.value.find(({ coupon }) => coupon === config.coupon.id) : undefined
    if (!mine) return
    const { item, code, token, state } = mine
    scene.ticket = { state: state.startsWith('redeemed') ? 'redeemed' : 'claimed', item, code, ...(token === undefined ? {} : { token }) }
  }

  return {
    async choose(choice) {
      scene.asking = false
      const before = web.consent.state()
      const take = choice === 'deny' && before === 'granted' ? 'withdraw' : choice
      for (const shop of shops) {
        if (take === 'grant') await shop.consent.grantAll({ text: consentText })
        else if (take === 'deny') await shop.consent.deny({ text: consentText })
        else await shop.consent.withdraw()
      }
      journal.note('web', (words) => (take === 'withdraw' ? words.log.withdrawn : words.log.consent(take === 'grant')))
      // the shopper has decided: the till of this page may use the disk for the shop's own records
      await devices.openTillStore()
      if (take === 'grant') {
        void web.track('Page Viewed', { path: '/basket' })
        void mini.track('Screen Viewed', { name: 'basket' })
      }
      stage.show()
    },
    async become(member) {
      const known = config.members.find((one) => one.member === member)
      scene.ticket = { state: 'offered' }
      scene.tillMember = undefined
      for (const shop of shops) await shop.logout()
      if (known) {
        const { token } = await demoApi.login(known.member)
        for (const shop of shops) await shop.login({ member: known.member, token })
        journal.note('web', (words) => words.log.login(known.name, tierName(known.tier, words)))
        await showMemberCode(known.name)
        await openWallet()
      } else journal.note('web', (words) => words.log.logout)
      await stage.requote()
    },
    async showCodeAgain() {
      const known = config.members.find(({ member }) => member === web.identity.member())
      if (!known || scene.tillMember?.member !== undefined) return
      await showMemberCode(known.name)
      await stage.requote()
    },
    async claim() {
      const claimed = await web.coupons.claim(config.coupon.id)
      if (claimed.ok) {
        const { item, code } = claimed.value
        scene.ticket = { state: 'claimed', item, code }
        await openWallet()
        journal.note('web', (words) => words.log.claimed(code))
        void web.track('Coupon Claimed', { coupon: config.coupon.id, item })
      } else noteRefusal(stage, 'web', claimed.issues, 'claimRefused')
      await stage.requote()
    },
    async useAgain() {
      const { item } = scene.ticket
      if (item === undefined) return
      const held = await web.coupons.hold(`W-${Date.now().toString(36)}`, [{ coupon: config.coupon.id, item }])
      if (held.ok) journal.note('web', (words) => words.log.held)
      else noteRefusal(stage, 'web', held.issues, 'holdRefused')
      stage.show()
    },
  }
}

/** A tier in words; one the page has no word for as it is. */
export const tierName = (tier: string, words: { readonly gold: string; readonly silver: string; readonly basic: string }): string =>
  tier === 'gold' ? words.gold : tier === 'silver' ? words.silver : tier === 'basic' ? words.basic : tier
