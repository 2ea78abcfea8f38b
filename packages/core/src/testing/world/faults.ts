import type { Random } from './random'

/** How often things go wrong. Rates are probabilities per occasion, 0 = never. */
export interface Faults {
  /** Per port call: the tab, program or process is killed there. */
  readonly kill: number
  /** Share of kills that take the whole device with every tab. */
  readonly killDevice: number
  /** Share of device kills that also restart the monotonic clock. */
  readonly reboot: number
  /** Per kill: writes not yet resolved are cut to a prefix (else they all survive). */
  readonly tear: number
  /** Per storage write: refused with `quota`. */
  readonly quota: number
  /** Per minute and device: a held record becomes unreadable. */
  readonly corrupt: number
  /** Per call of a store: refused with `unavailable`, nothing done. */
  readonly storage: number
  /** Per minute and tab: frozen for a while, locks kept. */
  readonly freeze: number
  /** Per minute and tab: left and put away whole (back/forward cache): its locks are given up, its requests cut off; then it comes back. */
  readonly bfcache: number
  /** Per minute and device: no network for a while. */
  readonly offline: number
  /** Per minute and device: the wall clock jumps by up to a day, or stands still. */
  readonly clock: number
  /** Per request. */
  readonly dropRequest: number
  /** Per request: the server did its work, the answer is lost. */
  readonly dropResponse: number
  /** Per request: it reaches the server again, up to a minute later. */
  readonly duplicate: number
  /** Per request and per answer: up to 30 s late, so that later ones overtake. */
  readonly delay: number
  /** Per request: 500, half of them after the server did its work. */
  readonly status500: number
  readonly status429: number
  readonly status503: number
  /** Per request: the answer is cut in half. */
  readonly halfBody: number
  /** Per request: a captive portal answers 200 with a web page. */
  readonly captive: number
  /** Per request: 200 with an empty body; the server saw it or not. */
  readonly empty: number
  /** Per request: the server dies before it or between its commit and its answer. */
  readonly serverCrash: number
}

export const noFaults: Faults = {
  kill: 0,
  killDevice: 0,
  reboot: 0,
  tear: 0,
  quota: 0,
  corrupt: 0,
  storage: 0,
  freeze: 0,
  bfcache: 0,
  offline: 0,
  clock: 0,
  dropRequest: 0,
  dropResponse: 0,
  duplicate: 0,
  delay: 0,
  status500: 0,
  status429: 0,
  status503: 0,
  halfBody: 0,
  captive: 0,
  empty: 0,
  serverCrash: 0,
}

/** Highest rates drawn; a run of nothing but faults proves little. */
const highest: Faults = {
  kill: 0.03,
  killDevice: 1,
  reboot: 1,
  tear: 1,
  quota: 0.1,
  corrupt: 0.5,
  storage: 0.03,
  freeze: 0.5,
  bfcache: 0.5,
  offline: 0.5,
  clock: 0.5,
  dropRequest: 0.3,
  dropResponse: 0.3,
  duplicate: 0.5,
  delay: 0.3,
  status500: 0.2,
  status429: 0.2,
  status503: 0.2,
  halfBody: 0.1,
  captive: 0.1,
  empty: 0.1,
  serverCrash: 0.1,
}

/**
 * Faults of one seed: each kind is on in half of the seeds, at a rate of its own. Leaving some out altogether finds more
 * than all of them always (Groce et al., Swarm Testing, ISSTA 2012).
 */
export function drawFaults(random: Random): Faults {
  const drawn: Record<string, number> = {}
  ;(Object.keys(highest) as (keyof Faults)[]).forEach((name) => {
    const rate = random.next() * highest[name]
    drawn[name] = random.chance(0.5) ? rate : 0
  })
  return drawn as unknown as Faults
}
