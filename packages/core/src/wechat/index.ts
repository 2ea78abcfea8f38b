export { createWechatPorts } from './create-wechat-ports'
export type { PrivacyState, WechatPorts, WechatPortsOptions } from './create-wechat-ports'
export type { MiniPortsOptions } from '../mini/mini-ports'
