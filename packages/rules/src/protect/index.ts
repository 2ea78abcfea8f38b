export { owedByPrice } from './owed-by-price'
export type { Owed, OwedPurchase, ProtectedPurchase, ProtectionClaim } from './owed-by-price'
