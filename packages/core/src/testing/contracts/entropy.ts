import { claim, same } from './claim'
import type { ContractCase } from './harness'

/** Contract of the `entropy` port. */
export const entropyContract: readonly ContractCase[] = [
  {
    name: 'gives as many bytes as asked for, different ones, over the whole range',
    async run({ open }) {
      const { entropy } = open()
      for (const length of [0, 1, 16, 1000]) same((await entropy.fill(length)).length, length, 'length')
      const [one, two] = await Promise.all([entropy.fill(16), entropy.fill(16)])
      claim(String(one) !== String(two), 'two draws differ')
      const seen = new Set(await entropy.fill(8192))
      claim(seen.size > 240, 'all byte values come')
    },
  },
]
