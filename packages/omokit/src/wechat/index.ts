export { createOmokit } from './create-omokit'
export type { WechatOmokit, WechatOptions } from './create-omokit'
export type { MiniOmokit, MiniOptions } from '../mini/create-mini'
