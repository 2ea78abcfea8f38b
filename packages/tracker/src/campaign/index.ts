export { campaignFrom } from './campaign-from'
export { qrFrom } from './qr-from'
export type { EnterOptions } from './entry-words'
