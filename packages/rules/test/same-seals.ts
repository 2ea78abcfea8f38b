import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'

/** The pricing of `count` random baskets as one ES2017 script that hands the hash of their seals to `give(hash)`. */
export async function sealsScript(count: number, give: string): Promise<string> {
  const built = await build({
    stdin: { contents: `import { sealsOfSeeds } from './seals-of-seeds'\n;(${give})(sealsOfSeeds(${count}))`, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    format: 'iife',
    target: 'es2017',
    conditions: ['@omokit/source'],
    write: false,
    logLevel: 'error',
  })
  return built.outputFiles[0]?.text ?? ''
}

/** JavaScriptCore's shell, where there is one. */
export const jsc: string = process.env['OMOKIT_JSC'] ?? '/usr/bin/jsc'

/** Why JavaScriptCore tests cannot run here; "" when they can. */
export const noJsc: string = existsSync(jsc) ? '' : ` (skipped: no JavaScriptCore at ${jsc}, set OMOKIT_JSC)`

/** Runs a script with a program and gives what it printed. */
export function runScript(program: string, args: readonly string[], script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'omokit-seals-'))
  try {
    const file = join(folder, 'seals.js')
    writeFileSync(file, script)
    return execFileSync(program, [...args, file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
