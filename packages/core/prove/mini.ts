import { runLayer } from '../test/layers/run-layer'
import type { LayerFigures } from '../test/layers/run-layer'

/**
 * Two brands in one mini-program, 5,000 facts each, in the WeChat and the Alipay layer with 4 MB of storage taken by the
 * host (default 4 seeds each): requests fail, answers are HTTP 500 or get lost, the layer freezes and is killed, also in
 * the middle of a write. Throws when a stored fact is missing at the hub, came twice, reached the other brand, or when
 * storage ran over. One more run each keeps the network away until the end, so that storage holds everything. Two control
 * runs with a planted fault, a storage that forgets and a hub that does, must be found out.
 */
export async function prove({
  share = 1,
  seeds = Math.ceil(4 * share),
}: {
  readonly seeds?: number
  readonly share?: number
} = {}): Promise<Record<string, unknown>> {
  const facts = Math.max(100, Math.round(5000 * share))
  const taken = 4 * 1_048_576
  const hosts: Record<string, object> = {}
  for (const host of ['wechat', 'alipay'] as const) {
    const sums: Record<string, number> = {}
    for (let seed = 1; seed <= seeds; seed++) {
      const run = await runLayer({ host, seed, facts, taken })
      add(sums, sound(host, seed, run, taken))
    }
    hosts[host] = sums
    hosts[`${host}Offline`] = sound(host, 0, await runLayer({ host, seed: 0, facts, taken, offline: true }), taken)
  }
  const control = {
    lostByForgetfulStorage: (await runLayer({ host: 'wechat', seed: 1, facts: 300, taken, forgetful: true })).lost,
    twiceAtAmnesiacHub: (await runLayer({ host: 'alipay', seed: 1, facts: 300, taken, amnesiac: true })).twice,
  }
  if (!control.lostByForgetfulStorage || !control.twiceAtAmnesiacHub) throw new Error(`a planted fault was not seen: ${JSON.stringify(control)}`)
  return { seeds, factsPerBrand: facts, brands: 2, takenBytes: taken, ...hosts, control }
}

function sound(host: string, seed: number, run: LayerFigures, taken: number): LayerFigures {
  const { lost, pending, twice, foreign, quotaIssues, peakBytes, mostInFlight } = run
  if (lost || pending || twice || foreign || quotaIssues || peakBytes + taken > 10_485_760 || mostInFlight > 4)
    throw new Error(`${host}, seed ${seed}: ${JSON.stringify(run)}`)
  return run
}

/** Sums, but for what is a highest value. */
function add(sums: Record<string, number>, run: LayerFigures): void {
  for (const [name, value] of Object.entries(run) as [string, number][]) {
    sums[name] = name === 'peakBytes' || name === 'mostInFlight' ? Math.max(sums[name] ?? 0, value) : (sums[name] ?? 0) + value
  }
}
