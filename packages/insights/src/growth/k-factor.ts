import { accept, checkCount, type Result } from '../result'

/** Counts of one round of referrals. */
export interface Referrals {
  /** Customers who could invite; at least 1. */
  readonly customers: number
  readonly invites: number
  /** New customers who came by an invitation. */
  readonly accepted: number
}

export interface KFactor {
  readonly invitesPerCustomer: number
  /** Accepted over invites; null without invites. */
  readonly acceptance: number | null
  /** New customers each customer brings. */
  readonly k: number
  /** Customers one bought customer comes to in the end, 1 / (1 − k); null from k = 1 on, where there is no end. */
  readonly amplificationLimit: number | null
}

/** How far referrals (裂变) carry. */
export function kFactor({ customers, invites, accepted }: Referrals): Result<KFactor> {
  const wrong = checkCount('customers', customers, 1) || checkCount('invites', invites) || checkCount('accepted', accepted)
  if (wrong) return wrong
  const k = accepted / customers
  return accept({
    invitesPerCustomer: invites / customers,
    acceptance: invites ? accepted / invites : null,
    k,
    amplificationLimit: k < 1 ? 1 / (1 - k) : null,
  })
}
