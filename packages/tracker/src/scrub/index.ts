export { createScrub } from './create-scrub'
export type { Scrub, Scrubbed, ScrubOptions } from './create-scrub'
export { findPersonal } from './find-personal'
export type { Personal, PersonalKind } from './find-personal'
