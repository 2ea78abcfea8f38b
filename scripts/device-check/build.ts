import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { say, stop } from '../repository'
import { isWhole } from './check/report-text'
import { buildProjects } from './projects'
import { serveDeviceCheck } from './serve'

const usage = 'Usage: npm run build:device-check -- [--serve [--port 8790] [--host 127.0.0.1]] | [--verify FILE]'
const args = process.argv.slice(2)
const after = (name: string, otherwise: string): string => (args.includes(name) ? (args[args.indexOf(name) + 1] ?? stop(usage)) : otherwise)

if (args.includes('--verify')) verify(after('--verify', ''))
else {
  await buildProjects()
  say("Built docs/device-check: open wechat/ in WeChat's developer tools, alipay/ in Alipay's; --serve gives the web page.")
  if (args.includes('--serve')) {
    const port = Number(after('--port', '8790'))
    if (!Number.isInteger(port) || port < 0 || port > 65_535) stop(usage)
    const { url } = await serveDeviceCheck(port, after('--host', '127.0.0.1'))
    say(`Web page: ${url}/   Address for the network suite: ${url}/contract   (Ctrl-C ends it)`)
  }
}

/** Whether a pasted result came whole. */
function verify(file: string): void {
  const path = join(process.env['OMOKIT_CALLER_DIR'] ?? process.cwd(), file)
  if (!existsSync(path)) stop(`No such file: ${path}`)
  const text = readFileSync(path, 'utf8')
  if (!isWhole(text)) stop('This result is not as the device wrote it: the last line does not fit the others.', 1)
  say(`whole: ${/^RESULT\s+(.*)$/m.exec(text)?.[1] ?? 'no result line'}`)
}
