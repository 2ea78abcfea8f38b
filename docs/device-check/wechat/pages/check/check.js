const adapter = require('../../lib/adapter')
const { createMiniCheck } = require('../../lib/check')
const { build, seals } = require('../../lib/built')

/** What the client says about itself: newer clients in two calls, older ones in one. */
function about() {
  const parts = ['getDeviceInfo', 'getAppBaseInfo'].filter((call) => wx[call]).map((call) => wx[call]())
  return Object.assign({}, parts.length < 2 && wx.getSystemInfoSync ? wx.getSystemInfoSync() : {}, ...parts)
}

/** The same in one line. */
function device(info) {
  const version = info.version && 'WeChat ' + info.version
  const library = 'base library ' + (info.SDKVersion)
  return [info.brand, info.model, info.system, version, library, info.platform, info.language].filter(Boolean).join('; ')
}

Page({
  data: { screen: null },
  onLoad() {
    const info = about()
    this.check = createMiniCheck({
      host: 'wechat',
      device: device(info),
      build,
      seals,
      language: String(info.language || ''),
      adapter,
      storage: {
        keys: () => wx.getStorageInfoSync().keys,
        write: (key, text) => wx.setStorageSync(key, text),
        remove: (key) => wx.removeStorageSync(key),
        left() {
          const { limitSize, currentSize } = wx.getStorageInfoSync()
          return (limitSize - currentSize) * 1024
        },
      },
      draw: (screen) => this.setData({ screen }),
    })
  },
  start() {
    return this.check.start()
  },
  address(event) {
    this.check.setAddress(event.detail.value)
  },
  language() {
    this.check.otherLanguage()
  },
  copy() {
    wx.setClipboardData({ data: this.check.screen().text, success: () => this.check.copied() })
  },
})
