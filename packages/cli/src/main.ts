import { parseArgs } from 'node:util'
import type { Command, Terminal } from './commands/command'
import { devCommand } from './commands/dev'
import { keysCommand } from './commands/keys'
import { planCommand } from './commands/plan'
import { publishCommand } from './commands/publish'
import { replayCommand } from './commands/replay'

const commands: Readonly<Record<string, Command>> = { dev: devCommand, keys: keysCommand, plan: planCommand, publish: publishCommand, replay: replayCommand }

/** The `omokit` command: answers the exit code and never throws for a user's mistake. */
export async function main(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  const [name = 'help', ...rest] = args
  if (name === 'help' || name === '--help' || name === '-h') {
    terminal.out.write(help(terminal.language))
    return 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    terminal.err.write(`${terminal.language === 'zh' ? '没有这个命令' : 'No such command'}: ${name}\n\n${help(terminal.language)}`)
    return 2
  }
  try {
    const { values, positionals } = parseArgs({ args: rest, options: command.options, allowPositionals: true, strict: true })
    return await command.run({ words: positionals, options: values }, terminal)
  } catch (error) {
    const wrongCall = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
    terminal.err.write(`omokit ${name}: ${error instanceof Error ? error.message : String(error)}\n${wrongCall ? `${command.usage}\n` : ''}`)
    return wrongCall ? 2 : 1
  }
}

function help(language: 'zh' | 'en'): string {
  const rows = Object.values(commands).map(({ usage, summary }) => `  ${usage}\n      ${summary[language]}`)
  return `${language === 'zh' ? 'omokit：线上线下一家店' : 'omokit: one shop on every channel'}\n\n${rows.join('\n')}\n`
}
