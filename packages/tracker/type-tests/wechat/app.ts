/// <reference types="miniprogram-api-typings" />
import { campaignFrom, qrFrom } from '../../src/campaign/index'
import type { Tracker } from '../../src/index'
import { trackMini } from '../../src/mini/index'

declare const tracker: Tracker

/** What WeChat's own typings call an entry, an app and a page goes in and comes out as it was. */
export const entered = [campaignFrom(wx.getEnterOptionsSync()), qrFrom(wx.getLaunchOptionsSync())]
const mini = trackMini({ tracker, screen: ({ route }) => route })
App(mini.app({ globalData: { opened: 0 }, onLaunch() {} }))
Page(mini.page({ data: { sku: 'TEA006' }, onShow() {}, onShareAppMessage: () => ({ title: 'Tea', path: '/pages/tea' }) }))
