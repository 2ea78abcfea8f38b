export { textOf } from './text-of'
export type { Language } from './text-of'
