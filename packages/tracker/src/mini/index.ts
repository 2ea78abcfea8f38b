export { trackMini } from './track-mini'
export type { MiniCapture, MiniCaptureOptions, MiniPage, MiniShare } from './track-mini'
