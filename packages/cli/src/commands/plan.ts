import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { codeOf } from '@omokit/core'
import { planFiles } from '../plan/plan-files'
import { readPlan } from '../plan/read-plan'
import { type Command, textOption } from './command'

/** `omokit plan`: types, a validator's data, JSON Schema and a catalogue from a tracking plan. Needs no hub and no database. */
export const planCommand: Command = {
  summary: { zh: '由打点计划生成类型、校验数据、JSON Schema 和目录', en: 'Make types, validator data, JSON Schema and a catalogue from a tracking plan' },
  usage: 'omokit plan FILE [--out omokit-plan] [--format esm|cjs] [--check]',
  options: { out: { type: 'string' }, format: { type: 'string' }, check: { type: 'boolean' } },
  async run(call, terminal) {
    const [file] = call.words
    const format = textOption(call, 'format') ?? 'esm'
    const path = resolve(terminal.cwd, file ?? '')
    if (!file || call.words.length > 1 || (format !== 'esm' && format !== 'cjs') || !existsSync(path)) {
      terminal.err.write(`${file && !existsSync(path) ? `No such file: ${path}\n` : ''}${planCommand.usage}\n`)
      return 2
    }
    const out = resolve(terminal.cwd, textOption(call, 'out') ?? 'omokit-plan')
    let files: Readonly<Record<string, string>>
    try {
      files = planFiles(await readPlan(path), format)
    } catch (error) {
      if (!codeOf(error)) throw error
      terminal.err.write(`${(error as Error).message}\n`)
      return 1
    }
    if (call.options['check']) {
      const stale = Object.keys(files).filter((name) => !existsSync(join(out, name)) || readFileSync(join(out, name), 'utf8') !== files[name])
      for (const name of stale) terminal.err.write(`${join(out, name)} is not what the plan says: run omokit plan ${file}\n`)
      return stale.length ? 1 : 0
    }
    mkdirSync(out, { recursive: true })
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(out, name), text)
      terminal.out.write(`${join(out, name)}\n`)
    }
    return 0
  },
}
