import { resolve } from 'node:path'
import { startHub } from '../dev/start-hub'
import { type Command, textOption } from './command'

/** `omokit dev`: a hub on this machine with one brand and its test keys. */
export const devCommand: Command = {
  summary: {
    zh: '在本机启动中枢：内嵌数据库，无需账号，打印地址和测试密钥',
    en: 'Start a hub on this machine: embedded database, no account; prints its address and test keys',
  },
  usage: 'omokit dev [--brand NAME] [--port 8787] [--dir .omokit/dev] [--stores 0001,0002] [--memory] [--database-url URL]',
  options: {
    brand: { type: 'string' },
    port: { type: 'string' },
    dir: { type: 'string' },
    stores: { type: 'string' },
    memory: { type: 'boolean' },
    'database-url': { type: 'string' },
  },
  async run(call, terminal) {
    const port = Number(textOption(call, 'port') ?? 8787)
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      terminal.err.write(`--port takes 0 to 65535, not ${textOption(call, 'port')}\n`)
      return 2
    }
    const databaseUrl = textOption(call, 'database-url')
    const hub = await startHub({
      brand: textOption(call, 'brand') ?? 'demo',
      stores: (textOption(call, 'stores') ?? '0001').split(',').filter(Boolean),
      port,
      ...(call.options['memory'] ? {} : { dir: resolve(terminal.cwd, textOption(call, 'dir') ?? '.omokit/dev') }),
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
      onFault: (error) => terminal.err.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
    })
    const rows: readonly (readonly [string, string])[] = [
      ['hub', hub.url],
      ['brand', hub.brand],
      ['publishable', hub.keys.publishable],
      ...Object.entries(hub.keys.terminals).map(([store, key]) => [`terminal ${store}`, key] as const),
      ['secret', hub.keys.secret],
      ['staff', hub.keys.staff],
      ['release key', `${hub.signingKey.kid} ${hub.signingKey.publicKey}`],
      ['hub key', `${hub.hubKey.kid} ${hub.hubKey.publicKey}`],
    ]
    terminal.out.write(`${rows.map(([name, value]) => `${name.padEnd(16)}${value}`).join('\n')}\n`)
    await terminal.ended
    await hub.close()
    return 0
  },
}
