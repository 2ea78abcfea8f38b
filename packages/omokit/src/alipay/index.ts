export { createOmokit } from './create-omokit'
export type { AlipayOptions } from './create-omokit'
export type { Omokit } from '../omokit'
export type { MiniOptions } from '../mini/create-mini'
