import { createServer } from 'node:net'
import { join, relative } from 'node:path'
import { startDemo } from '../../examples/one-basket/src/start-demo'
import { runStory } from '../../examples/one-basket/src/story/run-story'
import { root, say, stop } from '../repository'
import { startTexts } from './start-texts'

const usualPort = 8787
const tries = 50

if (process.argv.includes('--once')) await once()
else await demo()

async function once(): Promise<never> {
  try {
    const result = await runStory({ say, keep: process.argv.includes('--keep') })
    const { facts, quotes, redemptions, planted, found, mini } = result
    const minis = Object.values(mini).every((part) => part.facts.missing === 0 && part.mismatches === 0 && part.redeemed === 1)
    say(`RESULT ${JSON.stringify(result)}`)
    process.exit(facts.missing === 0 && quotes.mismatches === 0 && redemptions.over === 0 && found === planted && minis ? 0 : 1)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exit(1)
  }
}

async function demo(): Promise<void> {
  const texts = startTexts(process.env['LC_ALL'] || process.env['LC_MESSAGES'] || process.env['LANG'] || '')
  const wanted = wantedPort(texts.badPort)
  const port = await firstFreePort(wanted)
  if (port === undefined) return stop(texts.noPort(wanted, wanted + tries - 1), 1)
  if (port !== wanted) say(texts.taken(wanted, port))
  say(texts.starting)
  const running = await startDemo({
    dir: join(root, '.cache', 'one-basket', String(port)),
    port,
    onFault: (error) => process.stderr.write(`${String(error)}\n`),
  })
  for (const line of texts.running({ url: running.url, keysFile: relative(root, running.keysFile) })) say(line)

  let ending = false
  const end = (): void => {
    if (ending) return
    ending = true
    say(texts.ending)
    // a request that hangs must not keep the shell waiting
    setTimeout(() => process.exit(0), 3000).unref()
    void running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  // whoever started us may be ended without passing the signal on
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && end(), 1000).unref()
}

function wantedPort(badPort: string): number {
  const at = process.argv.indexOf('--port')
  if (at < 0) return usualPort
  const port = Number(process.argv[at + 1])
  return Number.isInteger(port) && port > 0 && port < 65_536 - tries ? port : stop(badPort)
}

async function firstFreePort(from: number): Promise<number | undefined> {
  for (let port = from; port < from + tries; port++) if (await isFree(port)) return port
  return undefined
}

// a function, not a constant: the calls at the top of this file run before anything below them is set
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
