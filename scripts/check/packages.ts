import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packages } from '../packaging/packages.mjs'
import { root, say } from '../repository'
import { packAll } from '../tarballs/pack'

// publint in strict mode and are-the-types-wrong over every tarball
const tarballs = await packAll()
let failed = 0
for (const [dir, tarball] of tarballs) {
  const pkgDir = join(root, 'packages', dir)
  const { messages, pkg } = await publint({ pkgDir, strict: true, pack: 'npm' })
  for (const message of messages) {
    if (message.type === 'suggestion') continue
    failed++
    say(`${packages[dir]?.name}: ${formatMessage(message, pkg) ?? message.code}`)
  }
  const require = createRequire(join(root, 'package.json'))
  const attw = join(dirname(require.resolve('@arethetypeswrong/cli/package.json')), 'dist/index.js')
  const run = spawnSync(
    process.execPath,
    [attw, tarball, '--no-emoji', '--format', 'ascii', '--profile', packages[dir]?.kind === 'client' ? 'strict' : 'node16'],
    { encoding: 'utf8' },
  )
  if (run.status !== 0) {
    failed++
    say(run.stdout)
    say(run.stderr)
  }
}
process.exit(failed ? 1 : 0)
