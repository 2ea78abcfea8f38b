import { main } from '@omokit/cli'

// the replay of the command line, from the folder where the caller stood
const code = await main(['replay', ...process.argv.slice(2)], {
  out: process.stdout,
  err: process.stderr,
  cwd: process.env['OMOKIT_CALLER_DIR'] ?? process.cwd(),
  language: 'en',
  now: Date.now,
  ended: new Promise(() => undefined),
})
process.exit(code)
