export { createAlipayPorts } from './create-alipay-ports'
export type { AlipayPortsOptions } from './create-alipay-ports'
