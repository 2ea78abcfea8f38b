export { refund } from './refund'
export type { Refunded, RefundAnswer, RefundOptions } from './refund'
