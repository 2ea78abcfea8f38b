export { trackImpressions } from './track-impressions'
export type { ImpressionOptions } from './track-impressions'
export type { Tracking } from '../tracking'
