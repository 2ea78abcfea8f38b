import { refuse } from '@omokit/core'
import type { PrivacyState } from '@omokit/core/wechat'
import type { Consent } from '@omokit/identity'

/**
 * Consent that can be granted only once WeChat has the holder's agreement to the mini-program's privacy terms: until then a
 * grant is refused with `no-consent` and nothing is collected. Refusing and taking back need nobody's leave.
 */
export function afterPrivacy(consent: Consent, privacy: () => Promise<PrivacyState | undefined>): Consent {
  let turn = 0
  const granting = async (grant: () => ReturnType<Consent['grant']>): ReturnType<Consent['grant']> => {
    const mine = ++turn
    const state = await privacy()
    if (state && state.needsAuthorization) return refuse('no-consent', { path: 'privacy', need: state.contract })
    // whoever said no while WeChat was asked has the last word
    return turn === mine ? grant() : refuse('no-consent', { path: 'privacy' })
  }
  const refusing = <A extends unknown[], R>(act: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      turn++
      return act(...args)
    }
  }
  return {
    state: consent.state,
    grant: (purposes, options) => granting(() => consent.grant(purposes, options)),
    grantAll: (options) => granting(() => consent.grantAll(options)),
    deny: refusing(consent.deny),
    withdraw: refusing(consent.withdraw),
  }
}
