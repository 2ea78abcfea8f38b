export { createOmokit } from './create-omokit'
export type { AlipayOptions } from './create-omokit'
export type { MiniOmokit, MiniOptions } from '../mini/create-mini'
