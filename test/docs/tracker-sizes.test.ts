import { expect, it } from 'vitest'
import { bundle, clientEntries, gzipBytes } from '../guards/bundles'
import { textOf } from './code-blocks'

it('the sizes on the page of the tracker are what its entries weigh', async () => {
  const files = new Map(clientEntries().map(({ id, file }) => [id, file]))
  for (const language of ['zh', 'en']) {
    const rows = [...textOf(`docs/${language}/reference/tracker.md`).matchAll(/^\| `(@omokit\/tracker\/\w+)` \|.*\| ([\d.]+) kB \|$/gm)]
    const all = [...files.keys()].filter((id) => id.startsWith('@omokit/tracker/'))
    expect(rows.map(([, id]) => id).sort()).toEqual(all.sort())
    for (const [, id = '', shown] of rows) {
      const weighs = gzipBytes(await bundle(files.get(id) ?? '')) / 1000
      expect({ id, shown, near: Math.abs(weighs - Number(shown)) < 0.1, weighs: weighs.toFixed(2) }).toMatchObject({ near: true })
    }
  }
}, 60_000)
