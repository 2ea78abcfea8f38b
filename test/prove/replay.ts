import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { journeyCounts, tianchiCounts } from '../../packages/cli/test/replay-counts'
import { lastJson, run } from '../../packages/cli/test/run-main'
import { sharedFolder } from '../../scripts/repository'

/** Both replays over the whole files, twice each: the totals equal a count made from the file alone, both times. */
export async function prove({ share = 1 }: { readonly share?: number } = {}): Promise<Record<string, unknown>> {
  const shared = sharedFolder()
  if (!shared) return { skipped: 'needs the shared data: OMOKIT_SHARED' }
  // a tenth of the seeds is for CI, where the short test of the replay runs as well
  if (share < 1) return { skipped: 'whole files only in a full proof' }
  const data = join(shared, 'data')
  const home = mkdtempSync(join(tmpdir(), 'omokit-prove-replay-'))
  try {
    const tianchi = join(data, 'tianchi-o2o-coupon-receipts-201607.csv.gz')
    const file = (name: string): string => join(data, `${name}.csv.gz`)
    const expected = {
      'tianchi-receipts': tianchiCounts(tianchi),
      completejourney: journeyCounts(file('cj-transactions-sample'), file('cj-coupon-redemptions'), file('cj-campaign-households')),
    }
    const figures: Record<string, unknown> = {}
    for (const [name, counts] of Object.entries(expected)) {
      for (const time of ['first', 'second']) {
        const begun = Date.now()
        const { out, err, code } = await run('replay', name, name === 'completejourney' ? data : tianchi, '--json', '--dir', join(home, name))
        if (code !== 0 || !isDeepStrictEqual(lastJson(out), counts)) throw new Error(`${name}, ${time} run: ${out}${err}expected ${JSON.stringify(counts)}`)
        figures[`${name} ${time} run, seconds`] = Math.round((Date.now() - begun) / 1000)
      }
      figures[name] = counts
    }
    return figures
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
