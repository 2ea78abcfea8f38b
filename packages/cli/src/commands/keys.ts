import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { createSigningKey } from '../keys/signing-key'
import { type Command, textOption } from './command'

/** `omokit keys init`: the brand's signing key, made here and nowhere else. */
export const keysCommand: Command = {
  summary: {
    zh: '生成品牌的发布签名密钥（Ed25519），打印可公开的一半',
    en: 'Make the brand’s release signing key (Ed25519) and print the half that may be public',
  },
  usage: 'omokit keys init [--kid k1] [--out .omokit/signing-key.json]',
  options: { kid: { type: 'string' }, out: { type: 'string' } },
  async run(call, terminal) {
    if (call.words.length !== 1 || call.words[0] !== 'init') {
      terminal.err.write(`${keysCommand.usage}\n`)
      return 2
    }
    const kid = textOption(call, 'kid') ?? 'k1'
    if (!/^[A-Za-z0-9._-]{1,32}$/.test(kid)) {
      terminal.err.write('--kid takes 1 to 32 letters, digits, dots, dashes or underscores\n')
      return 2
    }
    const file = resolve(terminal.cwd, textOption(call, 'out') ?? '.omokit/signing-key.json')
    if (existsSync(file)) {
      terminal.err.write(`${file} exists: a signing key is never overwritten. Name another file with --out.\n`)
      return 1
    }
    const key = createSigningKey(kid)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${JSON.stringify(key, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    terminal.out.write(`${JSON.stringify({ kid, key: key.publicKey, state: 'active' })}\n`)
    terminal.err.write(`${file}\n`)
    return 0
  },
}
