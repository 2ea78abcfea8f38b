import { createLayer } from './layer'
import type { HostParts, HostProfile, Layer, LayerOptions } from './layer'
import type { StorageLimits } from './layer-storage'

/**
 * Alipay's logic layer as far as its documents, typings and reports tell: `docs/en/reference/mini-program-layers.md` has a
 * row with its source for each behaviour. Not a phone.
 */
export function createAlipayLayer(options: LayerOptions = {}): Layer {
  return createLayer(alipay, options)
}

const limits: StorageLimits = { unit: 'chars', perKey: 200 * 1024, total: 10_485_760 }

const alipay: HostProfile = {
  global: 'my',
  barred: [
    'globalThis',
    'global',
    'fetch',
    'self',
    'window',
    'document',
    'location',
    'XMLHttpRequest',
    'AlipayJSBridge',
    'navigator',
    'localStorage',
    'WebSocket',
  ],
  prepare: '',
  host: my,
}

interface RequestOption {
  readonly url: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly data?: string
  readonly timeout?: number
  readonly success?: unknown
  readonly fail?: unknown
  readonly complete?: unknown
}

function my({ options, storage, network, pulse, local, write, events, entry }: HostParts): Readonly<Record<string, unknown>> {
  const faults = {
    error: { error: 12, errorMessage: 'network error' },
    timeout: { error: 13, errorMessage: 'timeout' },
    interrupted: { error: 12, errorMessage: 'interrupted' },
    abort: { error: 9, errorMessage: 'abort' },
  }
  const broken = { success: false, error: 2, errorMessage: 'storage does not answer' }
  return {
    setStorageSync({ key, data }: { key: string; data: unknown }) {
      if (storage.failing) return local(broken)
      let full: string | undefined
      write(() => (full = storage.set(key, data, limits)))
      // a failed write is answered, not thrown
      return local(full ? { success: false, error: 14, errorMessage: 'data exceeds the size limit' } : { success: true })
    },
    getStorageSync({ key }: { key: string }) {
      pulse.check()
      const data = storage.read(key)
      if (storage.failing || (data === undefined && options.absentIsError)) return local({ ...broken, data: null })
      return local({ data: data === undefined ? null : data })
    },
    removeStorageSync({ key }: { key: string }) {
      if (storage.failing) return local(broken)
      write(() => storage.remove(key))
      return local({ success: true })
    },
    getStorageInfoSync() {
      pulse.check()
      if (storage.failing) return local(broken)
      return local({ keys: Array.from(storage.entries.keys()), currentSize: Math.ceil(storage.used() / 1024), limitSize: limits.total / 1024, success: true })
    },
    request({ url, method = 'GET', headers = {}, data, timeout = 30_000, success, fail, complete }: RequestOption) {
      pulse.check()
      const sent: Record<string, string> = { 'content-type': 'application/json' }
      for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = value
      const tell = (callback: unknown, value: unknown): void => {
        if (typeof callback === 'function') (callback as (value: unknown) => void)(value)
      }
      const abort = network.send({ url, method, headers: sent, body: data, timeoutMs: timeout }, (outcome) => {
        if (typeof outcome === 'string') {
          tell(fail, local(faults[outcome]))
          return tell(complete, local(faults[outcome]))
        }
        const answer = { status: options.statusAsString ? String(outcome.status) : outcome.status, headers: outcome.headers, data: outcome.text }
        const refused = outcome.status >= 400
        const value = local(refused ? { error: 19, errorMessage: 'http status error', ...(!options.bareErrors && answer) } : answer)
        tell(refused ? fail : success, value)
        tell(complete, value)
      })
      return { abort }
    },
    onAppHide: events.add('hide'),
    offAppHide: events.remove('hide'),
    onAppShow: events.add('show'),
    offAppShow: events.remove('show'),
    onNetworkStatusChange: events.add('network'),
    offNetworkStatusChange: events.remove('network'),
    onMemoryWarning: events.add('memory'),
    offMemoryWarning: events.remove('memory'),
    getEnterOptionsSync: () => local(entry()),
    getAppBaseInfo: () => local({ language: 'zh-Hans', SDKVersion: '2.9.0', version: '10.5.0' }),
  }
}
