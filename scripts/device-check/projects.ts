import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundle } from '../engines/bundle'
import { root } from '../repository'
import { expectedSeals } from './check/run-check'

/** Where the three projects of the device check stand. */
export const deviceCheckFolder: string = join(root, 'docs/device-check')

/** Everything a person needs, into the `lib` folders of the three projects. */
export async function buildProjects(): Promise<void> {
  const seals = expectedSeals()
  const version = (JSON.parse(readFileSync(join(root, 'packages/omokit/package.json'), 'utf8')) as { readonly version: string }).version
  const made = `${version} ${commit()}`
  const built = `module.exports = ${JSON.stringify({ build: made, seals })}\n`
  for (const host of ['wechat', 'alipay'] as const) {
    const adapter = await bundle({ file: join(root, `packages/core/src/${host}/index.ts`) })
    write(host, 'adapter.js', `module.exports = function () { var module = { exports: {} }, exports = module.exports;\n${adapter}\nreturn module.exports }\n`)
    write(host, 'check.js', await bundle({ file: join(import.meta.dirname, 'check/mini.ts') }))
    write(host, 'built.js', built)
  }
  write(
    'web',
    'adapter.js',
    await bundle({ text: "import * as adapter from '@omokit/core/web'\nObject.assign(window, { omokitAdapter: adapter })", dir: root }, 'iife'),
  )
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'check/web.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2017',
    conditions: ['@omokit/source'],
    define: { OMOKIT_BUILD: JSON.stringify(made), OMOKIT_SEALS: JSON.stringify(seals) },
    logLevel: 'silent',
  })
  write('web', 'check.js', outputFiles[0]?.text ?? '')
}

function write(project: string, name: string, text: string): void {
  const dir = join(deviceCheckFolder, project, 'lib')
  mkdirSync(dir, { recursive: true })
  // whole or not at all: whoever reads meanwhile must not see half a file
  const draft = join(dir, `.${name}.${process.pid}`)
  writeFileSync(draft, text)
  renameSync(draft, join(dir, name))
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}
