import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packages } from '../../scripts/packaging/packages.mjs'
import { manifestOf } from '../../scripts/packaging/sync.mjs'
import { root } from '../../scripts/repository'
import { floorFaults } from '../../scripts/size/floors'
import { growthFaults } from '../../scripts/size/size-history'
import { billOfMaterials, licenceFaults } from '../../scripts/tarballs/gates/bill-of-materials'
import { releaseFaults } from '../../scripts/tarballs/gates/release-dry-run'
import { type Made, projectOf } from '../../scripts/tarballs/wrong-packages'

const workflow = (name: string): string => readFileSync(join(root, '.github/workflows', name), 'utf8')

describe('a release', () => {
  const before = [
    { name: 'omokit', version: '0.1.0' },
    { name: '@omokit/core', version: '0.1.0' },
  ]
  const minor = ["---\n'@omokit/core': minor\n'omokit': patch\n---\n\nMore.\n"]

  it('moves all packages by what the changesets ask for', () => {
    const after = [
      { name: 'omokit', version: '0.2.0', dependencies: { '@omokit/core': '0.2.0' }, peerDependencies: { zod: '^4.0.0' } },
      { name: '@omokit/core', version: '0.2.0' },
    ]
    expect(releaseFaults(before, after, minor)).toEqual([])
  })

  it('has a fault when a package stays behind, jumps, or wants another by an old range', () => {
    expect(releaseFaults(before, [{ name: 'omokit', version: '0.2.0' }, before[1] as never], minor)).toHaveLength(2)
    expect(
      releaseFaults(
        before,
        before.map((one) => ({ ...one, version: '1.0.0' })),
        minor,
      ),
    ).toEqual([expect.stringContaining('omokit goes from 0.1.0 to 1.0.0; the changesets ask for 0.2.0'), expect.stringContaining('@omokit/core goes from')])
    const old = before.map(({ name }) => ({ name, version: '0.2.0', ...(name === 'omokit' && { dependencies: { '@omokit/core': '0.1.0' } }) }))
    expect(releaseFaults(before, old, minor)).toEqual(['omokit wants @omokit/core 0.1.0, which is 0.2.0'])
  })

  it('is published with provenance, from a workflow that may prove who it is', () => {
    for (const dir of Object.keys(packages)) {
      const manifest = manifestOf(dir, 'https://github.com/someone/shop') as { readonly publishConfig: unknown; readonly repository: unknown }
      expect(manifest.publishConfig).toEqual({ access: 'public', provenance: true })
      expect(manifest.repository).toEqual({ type: 'git', url: 'git+https://github.com/someone/shop.git', directory: `packages/${dir}` })
    }
    const release = workflow('release.yml')
    for (const part of ['id-token: write', "NPM_CONFIG_PROVENANCE: 'true'", 'scripts/packaging/version.mjs', 'scripts/packaging/publish.mjs', 'check:tarballs'])
      expect(release).toContain(part)
    expect(workflow('weekly.yml')).toContain('check:tarballs -- --weekly')
    expect(workflow('ci.yml')).toContain('.ci/run')
  })
})

describe('licences', () => {
  const component = (...licenses: object[]) => ({ type: 'library', name: 'x', version: '1.0.0', licenses })

  it('that ask no more than to be named may come along', () => {
    expect(licenceFaults([component({ license: { id: 'MIT' } }), component({ expression: '(GPL-3.0 OR MIT)' })])).toEqual([])
  })

  it('of what is compiled in are handed on, or it is a fault', async () => {
    const below = mkdtempSync(join(tmpdir(), 'omokit-bill-'))
    try {
      const { version } = JSON.parse(readFileSync(join(root, 'packages/core/node_modules/nanoid/package.json'), 'utf8')) as { readonly version: string }
      const look = (files: Made['files']) =>
        billOfMaterials(join(below, 'bill.json')).look(projectOf(below, { row: { bundled: ['nanoid'] }, ...(files && { files }) }))
      expect(await look(undefined)).toEqual([`@omokit/tracker: hands on no licence of nanoid ${version}`])
      expect(await look({ 'THIRD-PARTY-LICENSES.txt': `nanoid ${version}\n\nMIT` })).toEqual([])
      const bill = JSON.parse(readFileSync(join(below, 'bill.json'), 'utf8')) as {
        readonly bomFormat: string
        readonly components: readonly { readonly name: string }[]
      }
      expect([bill.bomFormat, bill.components.map(({ name }) => name).sort()]).toEqual(['CycloneDX', ['@omokit/tracker', 'nanoid']])
    } finally {
      rmSync(below, { recursive: true, force: true })
    }
  })

  it('that ask more, or are not stated, may not', () => {
    expect(licenceFaults([component({ license: { id: 'GPL-3.0' } })])).toHaveLength(1)
    expect(licenceFaults([component({ expression: 'MIT AND GPL-3.0' })])).toHaveLength(1)
    expect(licenceFaults([component()])).toEqual(['x 1.0.0: no licence is stated'])
  })
})

describe('sizes', () => {
  const last = { date: '2026-01-01', version: '0.1.0', commit: 'abc', gzip: { 'size.a': 1000, 'size.b': 1000 } }
  const sizes = (a: number, b: number) => [
    { id: 'size.a', min: 0, gzip: a },
    { id: 'size.b', min: 0, gzip: b },
  ]

  it('may shrink, and grow a little', () => {
    expect(growthFaults(sizes(500, 1040), last)).toEqual([])
  })

  it('that grew unannounced, are new, went, or have nothing to stand against are faults', () => {
    expect(growthFaults(sizes(1000, 1100), last)).toEqual([expect.stringContaining('size.b: 1100 B, 1000 B at abc')])
    expect(growthFaults([...sizes(1, 1), { id: 'size.c', min: 0, gzip: 1 }], last)).toEqual([expect.stringContaining('size.c: new')])
    expect(growthFaults(sizes(1, 1).slice(1), last)).toEqual([expect.stringContaining('size.a: was measured')])
    expect(growthFaults(sizes(1, 1), undefined)).toHaveLength(1)
  })

  it('above a floor, and figures nobody measures, are faults', () => {
    const floors = new Map(['size.a', 'size.z'].map((id) => [id, { id, floor: 900, stretch: 1 }]))
    expect(floorFaults(sizes(901, 5000), floors)).toEqual(['size.a: 901 B gzip, floor 900', 'size.z: is not measured'])
  })
})
