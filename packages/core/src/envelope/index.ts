export type { Envelope, EnvelopeClaims, EnvelopeType } from './types'
