import { existsSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { createClock } from '@omokit/core'
import { createCommands } from '@omokit/core/commands'
import { createNodePorts } from '@omokit/core/node'
import { createOutbox } from '@omokit/core/outbox'
import { startHub } from '../dev/start-hub'
import { replayCompleteJourney } from '../replay/complete-journey'
import { createProgress } from '../replay/progress'
import type { ReplayOptions, ReplayReport } from '../replay/replay-options'
import { replayTianchi } from '../replay/tianchi-receipts'
import { type Command, textOption } from './command'

const datasets: Readonly<Record<string, (options: ReplayOptions) => Promise<ReplayReport>>> = {
  'tianchi-receipts': replayTianchi,
  completejourney: replayCompleteJourney,
}

/** `omokit replay`: real retail data through the SDK and a hub. */
export const replayCommand: Command = {
  summary: { zh: '把真实零售数据经由 SDK 送进中枢，打印合计', en: 'Send real retail data through the SDK into a hub and print the totals' },
  usage: `omokit replay ${Object.keys(datasets).join('|')} FILE [--json] [--dir .omokit/replay/DATASET] [--fresh] [--hub URL --key SECRET --brand NAME]`,
  options: {
    json: { type: 'boolean' },
    dir: { type: 'string' },
    fresh: { type: 'boolean' },
    hub: { type: 'string' },
    key: { type: 'string' },
    brand: { type: 'string' },
  },
  async run(call, terminal) {
    const [name = '', file] = call.words
    const replay = Object.hasOwn(datasets, name) ? datasets[name] : undefined
    const path = resolve(terminal.cwd, file ?? '')
    if (!replay || !file || !existsSync(path)) {
      terminal.err.write(`${replay && file ? `No such file: ${path}\n` : ''}${replayCommand.usage}\n`)
      return 2
    }
    const dir = resolve(terminal.cwd, textOption(call, 'dir') ?? `.omokit/replay/${name}`)
    if (call.options['fresh']) rmSync(dir, { recursive: true, force: true })
    const brand = textOption(call, 'brand') ?? 'replay'
    const elsewhere = textOption(call, 'hub')
    const secret = textOption(call, 'key')
    if ((elsewhere === undefined) !== (secret === undefined)) {
      terminal.err.write('--hub and --key go together\n')
      return 2
    }
    const started =
      elsewhere === undefined ? await startHub({ brand, dir: `${dir}/hub`, onFault: (error) => terminal.err.write(`${String(error)}\n`) }) : undefined
    const hub = elsewhere ?? started?.url ?? ''
    const key = secret ?? started?.keys.secret ?? ''
    try {
      const ports = createNodePorts({ brand, dir: `${dir}/sdk`, instance: name })
      const clock = createClock({ time: ports.time })
      // the file is the journal of its commands: their keys come from its rows, so a second run repeats none of them
      const commands = createCommands({ ports, clock, hub, key })
      const outbox = createOutbox({ ports, clock, hub, key, limits: { batch: 500, batchBytes: 800_000 } })
      const begun = terminal.now()
      const report = await replay({ path, outbox, commands, kv: ports.kv, net: ports.net, hub, key, progress: createProgress(terminal.err, terminal.now) })
      await outbox.stop()
      for (const line of report.bad.named) terminal.err.write(`not taken: ${line}\n`)
      if (report.bad.count) terminal.err.write(`${report.bad.count} rows were not taken\n`)
      if (call.options['json']) terminal.out.write(`${JSON.stringify(report.totals)}\n`)
      else {
        for (const [label, value] of Object.entries(report.totals))
          terminal.out.write(`${label.padEnd(16)}${typeof value === 'object' ? JSON.stringify(value) : String(value)}\n`)
        terminal.out.write(`${'seconds'.padEnd(16)}${((terminal.now() - begun) / 1000).toFixed(1)}\n`)
      }
      return report.totals['missing'] === 0 ? 0 : 1
    } finally {
      await started?.close()
    }
  },
}
