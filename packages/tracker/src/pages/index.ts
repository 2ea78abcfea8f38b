export { trackPages } from './track-pages'
export type { PageOptions } from './track-pages'
export type { Tracking } from '../tracking'
