import type { Entropy } from '../ports'
import type { MiniHost } from './mini-host'

const poolSize = 256

/**
 * Randomness of the host, drawn 256 bytes at a time because each draw is a call across the bridge. Nothing is drawn before
 * the first use. Where the host has none, or fails, bytes come from `Math.random` and `strength` says "weak" from then on.
 */
export function miniEntropy(host: () => MiniHost): Entropy {
  let pool: Uint8Array = new Uint8Array(0)
  let weak = false

  const draw = (bytes: number): Promise<Uint8Array> =>
    new Promise((resolve) => {
      const give = (random: ArrayBuffer | undefined): void => {
        const drawn = random && new Uint8Array(random)
        if (drawn && drawn.length >= bytes) return resolve(drawn.slice(0, bytes))
        weak = true
        resolve(Uint8Array.from(new Array(bytes), () => Math.floor(Math.random() * 256)))
      }
      try {
        const { random } = host()
        if (random) random(bytes, give)
        else give(undefined)
      } catch {
        give(undefined)
      }
    })

  return {
    get strength() {
      return weak || !host().random ? 'weak' : 'secure'
    },
    async fill(bytes) {
      if (bytes > poolSize) return draw(bytes)
      if (pool.length < bytes) pool = await draw(poolSize)
      const taken = pool.slice(0, bytes)
      pool = pool.slice(bytes)
      return taken
    },
  }
}
