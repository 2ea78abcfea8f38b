import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sharedFolder } from '../../../scripts/repository'
import { fillStoreFolder } from '../../hub/test/support/memory-store'
import { startHubProcess } from './hub-process'
import { journeyCounts, tianchiCounts } from './replay-counts'
import { lastJson, run } from './run-main'

const data = sharedFolder() && join(sharedFolder() as string, 'data')

/** The first lines of a shared file, in a folder of the test's own. */
function cut(name: string, lines: number, to: string): string {
  const text = gunzipSync(readFileSync(join(data as string, `${name}.csv.gz`))).toString('utf8')
  const path = join(to, `${name}.csv`)
  writeFileSync(
    path,
    `${text
      .split('\n')
      .slice(0, lines + 1)
      .join('\n')}\n`,
  )
  return path
}

describe.skipIf(!data)('replay of real data (needs the shared data: OMOKIT_SHARED)', () => {
  let home = ''
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'omokit-replay-'))
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it('prints the totals of a Tianchi file, names bad rows by line, and adds nothing the second time', async () => {
    const path = cut('tianchi-o2o-coupon-receipts-201607', 250, home)
    await fillStoreFolder(join(home, 'tianchi/hub/pglite'))
    const expected = tianchiCounts(path)
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, `${text}1,2,3,30:50,0,20160701\n1,2,3\n`)
    const first = await run('replay', 'tianchi-receipts', path, '--json', '--dir', join(home, 'tianchi'))
    expect(lastJson(first.out)).toEqual({ ...(expected as object), rows: 252 })
    expect(first.err).toContain('line 252: discount_rate 30:50')
    expect(first.err).toContain('line 253: 3 fields')
    expect(first.code).toBe(0)
    const second = await run('replay', 'tianchi-receipts', path, '--json', '--dir', join(home, 'tianchi'))
    expect(lastJson(second.out)).toEqual(lastJson(first.out))
  })

  it('prints the totals of Complete Journey, and adds nothing the second time', async () => {
    const files = [cut('cj-transactions-sample', 200, home), cut('cj-coupon-redemptions', 100, home), cut('cj-campaign-households', 1000, home)] as const
    const expected = journeyCounts(...files)
    await fillStoreFolder(join(home, 'journey/hub/pglite'))
    for (const time of ['first', 'second']) {
      const { out, code } = await run('replay', 'completejourney', home, '--json', '--dir', join(home, 'journey'))
      expect(lastJson(out), time).toEqual(expected)
      expect(code).toBe(0)
    }
  })

  it('gives the same totals when the hub was killed in the middle and the replay run again', async () => {
    const path = cut('tianchi-o2o-coupon-receipts-201607', 700, home)
    const dir = join(home, 'killed')
    await fillStoreFolder(join(dir, 'hub/pglite'))
    const hub = await startHubProcess(join(dir, 'hub'), 'replay')
    const running = run('replay', 'tianchi-receipts', path, '--json', '--dir', dir, '--hub', hub.url, '--key', hub.secret)
    await expect.poll(() => claims(hub), { timeout: 30_000, interval: 50 }).toBeGreaterThan(60)
    await hub.kill()
    const cutOff = await running
    expect(cutOff.code).toBe(1)
    expect(cutOff.err).toContain('run the replay again')
    const again = await startHubProcess(join(dir, 'hub'), 'replay')
    expect(await claims(again)).toBeLessThan(700)
    const { out, code } = await run('replay', 'tianchi-receipts', path, '--json', '--dir', dir, '--hub', again.url, '--key', again.secret)
    await again.kill()
    expect(lastJson(out)).toEqual(tianchiCounts(path))
    expect(code).toBe(0)
  })
})

async function claims(hub: { readonly url: string; readonly secret: string }): Promise<number> {
  const answer = await fetch(`${hub.url}/v1/reports/claims`, { headers: { authorization: `Bearer ${hub.secret}` } })
  return ((await answer.json()) as { claims: number }).claims
}
