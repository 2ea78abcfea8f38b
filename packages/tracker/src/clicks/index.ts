export { trackClicks } from './track-clicks'
export type { ClickOptions } from './track-clicks'
export type { Tracking } from '../tracking'
