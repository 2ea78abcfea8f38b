import type { Basket } from '@omokit/rules'
import type { Omokit, Till } from 'omokit'
import { priceSeal } from '../../price-seal'
import { demoApi } from '../demo-api'
import type { Priced, Stage } from './stage'
import type { ChannelId } from './verdict'

/** The same basket in each of the four channels, each with its own release and its own evaluator. */
export async function priceChannels(stage: Stage): Promise<Readonly<Record<ChannelId, Priced>>> {
  const { devices, config, scene, basket } = stage
  const member = devices.web.identity.member()
  const tier = config.members.find((known) => known.member === member)?.tier
  const { ticket } = scene
  const asked = (channel: Basket['channel'], known: string | undefined, storeId?: string): Basket => ({
    currency: 'CNY',
    channel,
    lines: basket.lines(),
    ...(known === undefined ? {} : { tier: known }),
    ...(storeId === undefined ? {} : { storeId }),
    ...(ticket.state === 'claimed' && ticket.item !== undefined ? { coupons: [{ coupon: config.coupon.id, item: ticket.item }] } : {}),
  })
  const of = (shop: Omokit | Till, wanted: Basket, offline: boolean): Priced => {
    const answer = shop.quote(wanted)
    return {
      version: shop.pricing.version(),
      state: shop.pricing.state(),
      offline,
      ...(wanted.tier === undefined ? {} : { tier: wanted.tier }),
      ...(answer.ok ? { quote: answer.value, seal: priceSeal(answer.value) } : { issues: answer.issues }),
    }
  }
  // the one that takes a moment comes first, so that all four are shown for the same basket
  const server: Priced = { ...(await demoApi.quote(asked('server', tier))), offline: false, ...(tier === undefined ? {} : { tier }) }
  return {
    web: of(devices.web, asked('web', tier), false),
    mini: of(devices.mini, asked('miniprogram', tier), false),
    till: of(devices.till, tillBasket(stage), !devices.cable.plugged()),
    server,
  }

  function tillBasket({ scene: { tillMember } }: Stage): Basket {
    return asked('till', tillMember?.tier, config.stores[0]?.storeId)
  }
}
