import { createSlimClock, type Clock } from '@omokit/core'
import type { ShopperOutbox, ShopperPorts } from '@omokit/core/page'
import { createIdentity, type Identity, type IdentityOptions } from '@omokit/identity'
import { createTracker, type TrackerOptions } from '@omokit/tracker'
import type { CoreOptions, OmokitCore } from './core'

/** What tracker and identity need of ports, whatever the outbox needs. */
export type CorePorts = IdentityOptions['ports'] & Pick<ShopperPorts, 'time' | 'timer'> & { readonly kv: TrackerOptions['kv'] }

/** Tracker and identity on one outbox, which `outboxOn` makes. */
export function composeCore<P extends CorePorts, O extends ShopperOutbox>(
  options: CoreOptions & Pick<IdentityOptions, 'codes'> & { readonly ports: P },
  outboxOn: (clock: Clock, memberToken: () => string | undefined) => O,
): OmokitCore<P, O> {
  const { ports } = options
  // the clock of a shopper keeps nothing: before consent nothing may be written
  const clock = createSlimClock(ports)
  const outbox = outboxOn(clock, () => identity.memberToken())
  const identity: Identity = createIdentity(Object.assign({}, options, { clock, outbox }))
  const { consent } = identity
  const chosen = (): boolean => consent.state() !== 'unset'
  identity.onChange(() => {
    if (chosen()) outbox.start()
  })
  const tracker = createTracker(
    Object.assign({}, options, {
      place: options.place || { channel: 'web' },
      outbox,
      clock,
      kv: ports.kv,
      ready: identity.ready,
      who: identity.ids,
      may: identity.may,
      granted: identity.granted,
      onConsent: identity.onChange,
    }),
  )
  return {
    ports,
    clock,
    outbox,
    identity,
    tracker,
    consent,
    track: tracker.track,
    login: identity.login,
    logout: identity.logout,
    flush: outbox.flush,
    async start() {
      await identity.ready()
      if (chosen()) void outbox.flush()
    },
    stop() {
      identity.stop()
      return outbox.stop()
    },
  }
}
