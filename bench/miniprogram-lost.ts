import { runLayer } from '../packages/core/test/layers/run-layer'

const facts = 5_000
const taken = 4 * 1_048_576

/**
 * Most of 5,000 stored facts that were not at the hub once the world had healed, over the WeChat and the Alipay layer:
 * requests fail, answers are HTTP 500 or lost, the layer freezes, is killed and relaunched. Still waiting counts as lost.
 */
export async function miniprogramLost(): Promise<{ readonly id: string; readonly value: number; readonly samples: number; readonly against: string }> {
  const runs = []
  for (const host of ['wechat', 'alipay'] as const) runs.push(await runLayer({ host, seed: 1, facts, taken }))
  const control = await runLayer({ host: 'wechat', seed: 1, facts: 300, taken, forgetful: true })
  if (!control.lost) throw new Error('the control run, whose storage forgets, lost nothing: this bench sees no loss')
  return {
    id: 'delivery.miniprogramLost',
    value: Math.max(...runs.map(({ lost, pending }) => lost + pending)),
    samples: runs.reduce((sum, { stored }) => sum + stored, 0),
    against: `${runs.reduce((sum, { kills }) => sum + kills, 0)} kills; a storage that forgets loses ${control.lost} of ${control.stored}`,
  }
}
