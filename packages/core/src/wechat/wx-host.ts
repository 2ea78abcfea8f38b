import type { MiniHost } from '../mini/mini-host'
import { onHost } from '../mini/on-host'
import type { Wx } from './wx'

/**
 * `wx`, or something spelt alike, as a mini-program host. Callbacks only: promises came late to it.
 *
 * @param text what the host calls an answer that it is not to parse: parsed and written again it would be other bytes than were signed
 */
export function wxHost(wx: Wx, text: 'text' | 'string'): MiniHost {
  return {
    self: wx,
    read(key) {
      const value = wx.getStorageSync(key) // "" when absent
      return typeof value === 'string' && value ? value : undefined
    },
    write: (key, text) => wx.setStorageSync(key, text),
    remove: (key) => wx.removeStorageSync(key),
    keys: () => wx.getStorageInfoSync().keys,
    request({ url, method, headers, body, timeoutMs }, done) {
      const task = wx.request({
        url,
        method,
        header: { ...headers },
        dataType: text,
        timeout: timeoutMs,
        ...(body !== undefined && { data: body }),
        success: ({ statusCode, header, data }) => done({ status: statusCode, headers: header, data }),
        fail: (error) => done({ fault: String(error && error.errMsg), timeout: /time\s?-?out/i.test(String(error && error.errMsg)) }),
      })
      return () => task && task.abort && task.abort()
    },
    on(event, listener) {
      const plain = (): void => listener(true)
      const { onAppHide, offAppHide, onAppShow, offAppShow, onMemoryWarning, offMemoryWarning, onNetworkStatusChange, offNetworkStatusChange } = wx
      if (event === 'network')
        return onHost(onNetworkStatusChange, offNetworkStatusChange, ({ isConnected }: { readonly isConnected: boolean }) => listener(isConnected))
      if (event === 'hide') return onHost(onAppHide, offAppHide, plain)
      return event === 'show' ? onHost(onAppShow, offAppShow, plain) : onHost(onMemoryWarning, offMemoryWarning, plain)
    },
    ...(wx.getRandomValues && {
      random: (length: number, done: (random: ArrayBuffer | undefined) => void) =>
        (wx.getRandomValues as NonNullable<Wx['getRandomValues']>)({ length, success: ({ randomValues }) => done(randomValues), fail: () => done(undefined) }),
    }),
    language: () => (wx.getAppBaseInfo ? wx.getAppBaseInfo().language.replace('_', '-') : undefined),
  }
}
