import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, say, stop } from '../repository'

/** One figure of a bench, as printed. */
interface Figure {
  readonly id: string
  readonly value: number
  readonly samples: number
  readonly against: string
}

const { figures } = JSON.parse(readFileSync(join(root, 'bench/figures.json'), 'utf8')) as {
  readonly figures: readonly {
    readonly id: string
    readonly bench: string
    readonly better: 'lower' | 'higher'
    readonly floor: number
    readonly stretch: number
  }[]
}
const known = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -9))
const args = process.argv.slice(2)
const name = args[0]
if (!name || !known.includes(name)) stop(`No bench "${name ?? ''}". Known: ${known.sort().join(', ')}`)
const file = join(root, 'bench', `${name}.bench.ts`)
if (!existsSync(file)) stop(`No bench "${name}"`)
const { bench } = (await import(pathToFileURL(file).href)) as { bench(args: readonly string[]): Promise<readonly Figure[]> }
const results = await bench(args.slice(1))
for (const { id, value, samples, against } of results) say(JSON.stringify({ id, value, samples, against }))
const named = figures.filter((figure) => figure.bench === name)
const missing = named.filter((figure) => !results.some((result) => result.id === figure.id))
for (const figure of named) {
  const result = results.find((row) => row.id === figure.id)
  if (!result) continue
  const held = figure.better === 'lower' ? result.value <= figure.floor : result.value >= figure.floor
  process.stderr.write(`${held ? 'holds' : 'MISSED'}  ${figure.id} ${result.value} (floor ${figure.floor}, stretch ${figure.stretch})\n`)
}
for (const figure of missing) process.stderr.write(`NOT MEASURED  ${figure.id}\n`)
process.exit(missing.length ? 1 : 0)
