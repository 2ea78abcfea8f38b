// A till as a process of its own, as a shop runs it. The story talks to it over the process channel and kills it.
import type { TillCall, TillSetup } from './till-calls'
import { openTillDesk } from './till-desk'

const desk = openTillDesk(JSON.parse(process.argv[2] ?? '{}') as TillSetup)

process.on('message', (message: { readonly id: number; readonly call: keyof TillCall; readonly args: never }) => {
  const { id, call, args } = message
  void (desk[call] as (args: never) => Promise<unknown>)(args).then(
    (value) => process.send?.({ id, value }),
    (error: unknown) => process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
process.send?.({ id: 0, value: true })
