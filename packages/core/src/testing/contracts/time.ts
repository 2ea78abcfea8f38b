import { claim, pause } from './claim'
import type { ContractCase } from './harness'

/** Contract of the `time` port. */
export const timeContract: readonly ContractCase[] = [
  {
    name: 'now is milliseconds of this century, mono never runs backwards and moves, zone is minutes',
    async run({ open }) {
      const { time } = open()
      claim(time.now() > 946_684_800_000 && time.now() < 4_102_444_800_000, 'now')
      const first = time.mono()
      let last = first
      for (let i = 0; i < 1000; i++) {
        const next = time.mono()
        claim(next >= last, 'mono runs forward')
        last = next
      }
      await pause(20)
      claim(time.mono() > first, 'mono moves')
      const zone = time.zone()
      claim(Number.isInteger(zone) && Math.abs(zone) <= 14 * 60, 'zone')
    },
  },
]
