import type { Engine } from './engine'
import { refOf } from './inspect'

/** Ends the observe stream of this context and those of every other on the device; see `Outbox.rotate`. */
export async function rotate(engine: Engine, purge: boolean): Promise<void> {
  const { ports, ledger, lanes, streamsOf } = engine
  const mark = async (): Promise<void> => {
    for (const { id } of await streamsOf('observe')) {
      const old = await ledger.read('e/', id)
      if (!old || (purge && typeof old === 'string')) await ledger.write('e/', id, purge ? 'purge' : 'end')
    }
    if (!purge) return
    for (const name of await ledger.names('q/')) {
      const head = await ledger.read('s/', refOf(name).stream)
      if (!head || head.lane === 'observe') await ports.kv.del('q/' + name)
    }
  }
  for (const lane of lanes) {
    if (lane.kind.chain) continue
    lane.halted += Number(purge)
    try {
      await lane.release(mark, purge)
      await engine.settleIdle()
    } finally {
      lane.halted -= Number(purge)
    }
  }
}
