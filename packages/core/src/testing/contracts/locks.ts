import { claim, pause, same, until } from './claim'
import type { ContractCase } from './harness'

/** Contract of the `locks` port. */
export const locksContract: readonly ContractCase[] = [
  {
    name: 'never two holders, in one context or in two, and everybody gets a turn',
    async run({ open }) {
      const contexts = [open(), open()]
      let inside = 0
      let turns = 0
      await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          contexts[i % 2]?.locks.hold('one', async (lost) => {
            claim(++inside === 1, 'one holder at a time')
            await pause(3)
            claim(!lost(), 'not lost')
            inside--
            turns++
          }),
        ),
      )
      same(turns, 10, 'turns')
    },
  },
  {
    name: 'answers what the work answers, and is free after a failure',
    async run({ open }) {
      const { locks } = open()
      same(await locks.hold('a', async () => 7), 7, 'value')
      let caught: unknown
      await locks
        .hold('a', async () => {
          throw new Error('work')
        })
        .catch((error: Error) => (caught = error.message))
      same(caught, 'work', 'the error of the work')
      same(await locks.ifFree('a', async () => 'free'), 'free', 'after the failure')
    },
  },
  {
    name: 'ifFree answers undefined while somebody holds, whatever the context',
    async run({ open }) {
      const [one, two] = [open().locks, open().locks]
      await one.hold('a', async () => {
        same(await one.ifFree('a', async () => 1), undefined, 'same context')
        same(await two.ifFree('a', async () => 1), undefined, 'other context')
        same(await two.ifFree('b', async () => 1), 1, 'another name')
      })
      same(await two.ifFree('a', async () => 1), 1, 'afterwards')
    },
  },
  {
    name: 'steal takes the lock at once, the robbed one sees it and harms nobody when it ends',
    async run({ open }) {
      const [one, two, three] = [open().locks, open().locks, open().locks]
      let end = (): void => {}
      let lost = (): boolean => false
      let held = false
      const robbed = one.hold('a', (asks) => {
        lost = asks
        held = true
        return new Promise<string>((resolve) => (end = () => resolve('robbed')))
      })
      await until(() => held, 'the first holds')
      claim(!lost(), 'not lost before')
      await two.steal('a', async (mine) => {
        await until(() => lost(), 'the robbed one sees it')
        claim(!mine(), 'the thief holds')
        end()
        same(await robbed, 'robbed', 'the work of the robbed one goes on to its end')
        same(await three.ifFree('a', async () => 1), undefined, 'still held by the thief')
        claim(!mine(), 'the thief holds to the end')
      })
      same(await three.ifFree('a', async () => 1), 1, 'free afterwards')
    },
  },
  {
    name: 'brands and instances never meet, and hostile names are names',
    async run({ open }) {
      const [one, two, three] = [open({ brand: 'one' }).locks, open({ brand: 'two' }).locks, open({ brand: 'one', instance: 'b' }).locks]
      await one.hold('a/../:b', async () => {
        same(await two.ifFree('a/../:b', async () => 1), 1, 'another brand')
        same(await three.ifFree('a/../:b', async () => 1), 1, 'another instance')
        same(await open({ brand: 'one' }).locks.ifFree('a/../:b', async () => 1), undefined, 'the same')
      })
    },
  },
]
