import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packages as table } from '../../packaging/packages.mjs'
import { root } from '../../repository'
import type { Gate } from '../gate'
import { type Manifest, manifestOf } from '../manifest-of'
import { run } from '../run'
import { compiledInto } from './third-parties'

/** A part of a CycloneDX document, as far as it is looked at. */
export interface Component {
  readonly type: string
  readonly name: string
  readonly version?: string
  readonly 'bom-ref'?: string
  readonly purl?: string
  readonly scope?: string
  readonly licenses?: readonly { readonly license?: { readonly id?: string; readonly name?: string }; readonly expression?: string }[]
  readonly properties?: readonly { readonly name: string; readonly value: string }[]
}

interface Bill {
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[]
}

/** Licences that ask no more than to be named. */
const allowed = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'CC0-1.0', 'Unlicense', 'PostgreSQL']

/**
 * The bill of materials of a release (CycloneDX, by npm): what an installation brings along and what is compiled in, each with
 * a licence we can pass on. It is written to `file`.
 */
export function billOfMaterials(file: string): Gate {
  return {
    name: 'bill of materials, licences we can pass on',
    async look(project) {
      const { good, output } = await run('npm', ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev'], { cwd: project.folder })
      const begin = output.indexOf('{')
      if (!good || begin < 0) return [output]
      const bill = JSON.parse(output.slice(begin)) as Bill
      const inside = project.packages.flatMap(({ row }) =>
        (row.kind === 'client' ? [...compiledInto(row)].map(installed) : []).map((part) => ({ into: row.name, part })),
      )
      const parts = new Map(inside.map(({ part }) => [part.name, part]))
      const compiled = [...parts.values()].map((part) =>
        componentOf(
          part,
          inside.filter((one) => one.part.name === part.name).map(({ into }) => into),
        ),
      )
      const whole = { ...bill, components: [...bill.components, ...compiled] }
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, `${JSON.stringify(whole, null, 2)}\n`)
      return [
        ...project.packages.filter(({ row }) => !bill.components.some(({ name }) => name === row.name)).map(({ row }) => `${row.name} is not in the bill`),
        ...licenceFaults(whole.components),
        ...inside.flatMap(({ into, part }) => {
          const home = project.packages.find(({ row }) => row.name === into)?.folder ?? ''
          const text = join(home, 'THIRD-PARTY-LICENSES.txt')
          return existsSync(text) && readFileSync(text, 'utf8').includes(`${part.name} ${part.version}\n`)
            ? []
            : [`${into}: hands on no licence of ${part.name} ${part.version}`]
        }),
      ]
    },
  }
}

/** Components without a licence, or with one that asks more than to be named. */
export function licenceFaults(components: readonly Component[]): readonly string[] {
  return components.flatMap(({ name, version, licenses = [] }) => {
    const names = licenses.map(({ license, expression }) => expression ?? license?.id ?? license?.name ?? '')
    if (!names.length) return [`${name} ${version}: no licence is stated`]
    // one of several to choose from is enough; of several that all hold, all are needed
    const fine = names.every((text) =>
      text
        .replace(/[()]/g, '')
        .split(' OR ')
        .some((choice) => choice.split(' AND ').every((one) => allowed.includes(one.trim()))),
    )
    return fine ? [] : [`${name} ${version}: licence ${names.join(', ')}`]
  })
}

function componentOf({ name, version, license }: Manifest, into: readonly string[]): Component {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  return {
    'bom-ref': `compiled-in:${name}@${version}`,
    type: 'library',
    name,
    version,
    purl,
    ...(license && { licenses: [{ license: { id: license } }] }),
    properties: into.map((value) => ({ name: 'omokit:compiled-into', value })),
  }
}

/** The manifest of a work that is compiled in. What it would bring along itself the build replaces by parts of ours. */
function installed(name: string): Manifest {
  const home = [...Object.keys(table).map((dir) => join(root, 'packages', dir)), root]
    .map((folder) => join(folder, 'node_modules', name))
    .find((folder) => existsSync(folder))
  if (!home) throw new Error(`${name} is compiled in but not installed`)
  return manifestOf(home)
}
