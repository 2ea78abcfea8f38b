import { claim, pause, until } from './claim'
import type { ContractCase } from './harness'

/** Contract of the `timer` port. */
export const timerContract: readonly ContractCase[] = [
  {
    name: 'runs once, later, and not at all when cancelled',
    async run({ open }) {
      const { timer } = open()
      let runs = 0
      let cancelled = 0
      timer.after(20, () => void runs++)
      const cancel = timer.after(10, () => void cancelled++)
      cancel()
      claim(!runs, 'not at once')
      await until(() => runs > 0, 'the timer runs')
      await pause(30)
      claim(runs === 1 && !cancelled, 'once, and not the cancelled one')
      cancel()
    },
  },
  {
    name: 'a very long wait does not overflow into none',
    async run({ open }) {
      let runs = 0
      const cancel = open().timer.after(1e12, () => void runs++)
      await pause(20)
      cancel()
      claim(!runs, 'not yet')
    },
  },
]
