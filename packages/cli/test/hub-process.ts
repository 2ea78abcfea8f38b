import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HubFolder } from '@omokit/cli'

/** A hub as a process of its own, to be killed. */
export interface HubProcess {
  readonly url: string
  readonly secret: string
  kill(): Promise<void>
}

/** `omokit dev` on a folder; a second start on it is a restart. */
export async function startHubProcess(dir: string, brand: string): Promise<HubProcess> {
  const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@omokit/source', '--import', 'tsx', bin, 'dev', '--brand', brand, '--port', '0', '--dir', dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += String(chunk)
      const found = /^hub\s+(http:\S+)$/m.exec(text)
      if (found?.[1]) resolve(found[1])
    })
    void gone.then(() => reject(new Error(`the hub ended before it listened: ${text}`)))
  })
  if (!existsSync(join(dir, 'keys.json'))) throw new Error('the hub kept no keys')
  const folder = JSON.parse(readFileSync(join(dir, 'keys.json'), 'utf8')) as HubFolder
  return {
    url,
    secret: folder.keys.secret,
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}
