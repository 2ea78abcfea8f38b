import { createLayer } from './layer'
import type { HostParts, HostProfile, Layer, LayerOptions } from './layer'
import type { StorageLimits } from './layer-storage'

/**
 * WeChat's logic layer as far as its documents, typings and reports tell: `docs/en/reference/mini-program-layers.md` has a
 * row with its source for each behaviour. Not a phone.
 *
 * @example
 * const layer = createWechatLayer({ taken: 4_000_000 })
 * const { createWechatPorts } = layer.load(bundle) as typeof import('@omokit/core/wechat')
 */
export function createWechatLayer(options: LayerOptions = {}): Layer {
  return createLayer(wechat, options)
}

const limits: StorageLimits = { unit: 'bytes', perKey: 1_048_576, total: 10_485_760 }

/** What WeChat's layer has and has not. */
export const wechat: HostProfile = {
  global: 'wx',
  barred: [
    'window',
    'document',
    'frames',
    'self',
    'location',
    'navigator',
    'localStorage',
    'history',
    'screen',
    'XMLHttpRequest',
    'WebSocket',
    'global',
    'globalThis',
    'fetch',
  ],
  // only "return this" comes back as a function; anything else is taken without an error and is of no use
  prepare: `(function (global) {
    var Native = global.Function
    global.Function = function () {
      if (arguments.length && arguments[arguments.length - 1] === 'return this') return function () { return global }
    }
    global.Function.prototype = Native.prototype
    Native.prototype.constructor = global.Function
  })(this)`,
  host: wx,
}

interface RequestOption {
  readonly url: string
  readonly method?: string
  readonly header?: Record<string, string>
  readonly data?: string
  readonly timeout?: number
  readonly success?: unknown
  readonly fail?: unknown
  readonly complete?: unknown
}

function wx({ options, storage, network, pulse, local, later, write, events, entry }: HostParts): Readonly<Record<string, unknown>> {
  const faults = { error: 'request:fail', timeout: 'request:fail timeout', interrupted: 'request:fail interrupted', abort: 'request:fail abort' }
  /** Fails the way a call to native code does. */
  const works = (call: string): void => {
    if (storage.failing) throw local({ errMsg: `${call}:fail`, name: 'Error' })
  }
  return {
    setStorageSync(key: string, value: unknown) {
      works('setStorageSync')
      write(() => {
        const full = storage.set(key, value, limits)
        if (full)
          throw local({ errMsg: `setStorageSync:fail ${full === 'entry' ? 'entry size limit reached' : 'exceed storage max size 10Mb'}`, name: 'Error' })
      })
    },
    getStorageSync(key: string) {
      pulse.check()
      works('getStorageSync')
      const value = storage.read(key)
      return value === undefined ? '' : local(value)
    },
    removeStorageSync(key: string) {
      works('removeStorageSync')
      write(() => storage.remove(key))
    },
    getStorageInfoSync() {
      pulse.check()
      works('getStorageInfoSync')
      return local({ keys: Array.from(storage.entries.keys()), currentSize: Math.ceil(storage.used() / 1024), limitSize: limits.total / 1024 })
    },
    request({ url, method = 'GET', header = {}, data, timeout = 60_000, success, fail, complete }: RequestOption) {
      pulse.check()
      const tell = (callback: unknown, value: unknown): void => {
        if (typeof callback === 'function') (callback as (value: unknown) => void)(value)
      }
      const headers = lowered({ 'content-type': 'application/json', ...lowered(header) })
      const abort = network.send({ url, method, headers, body: data, timeoutMs: timeout }, (outcome) => {
        const value =
          typeof outcome === 'string'
            ? local({ errMsg: faults[outcome], errno: 600_000 })
            : local({
                statusCode: options.statusAsString ? String(outcome.status) : outcome.status,
                header: capitals(outcome.headers),
                data: outcome.text,
                cookies: [],
                errMsg: 'request:ok',
              })
        tell(typeof outcome === 'string' ? fail : success, value)
        tell(complete, value)
      })
      return { abort, onHeadersReceived() {}, offHeadersReceived() {} }
    },
    ...(!options.noRandom && {
      getRandomValues: ({ length, success }: { length: number; success?: unknown }) =>
        void pulse.after(0, () =>
          (success as (value: unknown) => void)({
            randomValues: local(
              options.random
                ? Uint8Array.from({ length }, () => Math.floor((options.random as () => number)() * 256))
                : crypto.getRandomValues(new Uint8Array(length)),
            ),
            errMsg: 'getRandomValues:ok',
          }),
        ),
    }),
    ...(options.privacy && { getPrivacySetting: ({ success }: { success?: unknown }) => later(success, options.privacy) }),
    onAppHide: events.add('hide'),
    offAppHide: events.remove('hide'),
    onAppShow: events.add('show'),
    offAppShow: events.remove('show'),
    onNetworkStatusChange: events.add('network'),
    offNetworkStatusChange: events.remove('network'),
    onMemoryWarning: events.add('memory'),
    offMemoryWarning: events.remove('memory'),
    getEnterOptionsSync: () => local(entry()),
    getAppBaseInfo: () => local({ language: 'zh_CN', SDKVersion: '3.6.0' }),
  }
}

/** As the network hands them over: names in any case. */
const capitals = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.assign({}, ...Object.entries(headers).map(([name, value]) => ({ [name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())]: value })))

const lowered = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.assign({}, ...Object.entries(headers).map(([name, value]) => ({ [name.toLowerCase()]: value })))
