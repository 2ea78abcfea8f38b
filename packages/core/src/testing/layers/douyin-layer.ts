import { createLayer } from './layer'
import type { HostParts, HostProfile, Layer, LayerOptions } from './layer'
import { wechat } from './wechat-layer'

/**
 * Douyin's logic layer, taken to be WeChat's without the calls that Douyin's typings (1.3.1) do not have: no randomness, no
 * privacy state, no `getAppBaseInfo`, no `offMemoryWarning`. Everything else about it is assumed. Not a phone.
 */
export function createDouyinLayer(options: LayerOptions = {}): Layer {
  return createLayer(douyin, options)
}

const missing: readonly string[] = ['getRandomValues', 'getPrivacySetting', 'getAppBaseInfo', 'offMemoryWarning']

const tt = (parts: HostParts): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(wechat.host(parts)).filter(([name]) => missing.indexOf(name) < 0))

const douyin: HostProfile = { ...wechat, global: 'tt', host: tt }
