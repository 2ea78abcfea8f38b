export { createAlipayPorts } from './create-alipay-ports'
export type { AlipayPortsOptions } from './create-alipay-ports'
export type { MiniPortsOptions } from '../mini/mini-ports'
