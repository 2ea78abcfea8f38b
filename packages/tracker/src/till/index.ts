export { orderOf } from './order-of'
export { trackReceipts } from './track-receipts'
export type { ReceiptCapture, ReceiptOptions } from './track-receipts'
