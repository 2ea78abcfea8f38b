export { trackMini } from './track-mini'
export type { MiniCapture, MiniCaptureOptions, MiniPage, MiniShare } from './track-mini'
export type { Tracking } from '../tracking'
