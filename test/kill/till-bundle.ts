import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Life } from './till-process'

/** Puts the till's process into one file in `folder`, so that a start costs a tenth of a second. Answers its path. */
export async function bundleTill(folder: string): Promise<string> {
  const outfile = join(folder, 'till.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('till-process.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@omokit/source'],
    outfile,
    logLevel: 'silent',
  })
  return outfile
}

/** Starts a life; `hear` gets its lines as it says them. */
export function startTill(bundle: string, life: Life, hear: (line: string) => void): ChildProcess {
  const child = spawn(process.execPath, [bundle, JSON.stringify(life)], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } })
  let rest = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() as string
    lines.forEach(hear)
  })
  return child
}
