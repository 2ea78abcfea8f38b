import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { installMedusa, medusaVersion } from './medusa-promotion'

/** One figure of bench/figures.json. */
interface Figure {
  readonly id: string
  readonly value: number
  readonly samples: number
  readonly against: string
}

/**
 * Speed of the public `quote()` with unit shares and refusals against the straight loop of `rules-shop.ts`, and of `seal()` in a
 * Node without a compiler (what iOS mini-programs have). Bundled first: a runner's source transform would slow one side more.
 */
export async function bench(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'omokit-bench-'))
  try {
    const file = join(folder, 'rules.cjs')
    await build({
      entryPoints: [join(import.meta.dirname, 'rules-measure.ts')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'es2017',
      outfile: file,
      logLevel: 'error',
      conditions: ['@omokit/source'],
    })
    const run = (...args: readonly string[]): Record<string, number> =>
      JSON.parse(execFileSync(process.execPath, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as Record<string, number>
    const speed = run(file)
    const sealed = run('--jitless', file, 'seal')
    const medusa = medusaSpeed((at) => run(file, 'medusa', at))
    return [
      ...['10', '100', '1000'].map((n) => ({
        id: `rules.ratio${n}`,
        value: speed[`ratio${n}`] as number,
        samples: 15,
        against: `straight integer loop = 1; json-rules-engine ${speed[`engine${n}`]?.toFixed(3)}; @medusajs/promotion ${medusaVersion} ${typeof medusa === 'string' ? medusa : medusa[`medusa${n}`]?.toFixed(4)}`,
      })),
      { id: 'rules.sealJitlessMs', value: sealed['sealMs'] as number, samples: 31, against: 'node --jitless' },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Its figures, or why there are none. */
function medusaSpeed(measure: (folder: string) => Record<string, number>): Record<string, number> | string {
  let folder: string
  try {
    folder = installMedusa(join(import.meta.dirname, '../.cache'))
  } catch {
    return 'not measured: npm could not install it (no network?)'
  }
  return measure(folder)
}
