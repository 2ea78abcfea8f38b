export { createSampling } from './create-sampling'
export type { SamplingOptions } from './create-sampling'
