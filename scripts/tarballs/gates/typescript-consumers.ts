import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../repository'
import { clientsAlone } from '../clients-alone'
import { type Entry, entriesOf } from '../entries'
import type { Gate } from '../gate'
import { tool } from '../npm'
import { run } from '../run'

/** A TypeScript project that installs the packages: strict, and every declaration file checked (no skipLibCheck). */
export interface Consumer {
  readonly typescript: '5.4.5' | '6.0.3'
  readonly moduleResolution: 'node16' | 'bundler' | 'node10'
}

export const consumers: readonly Consumer[] = [
  { typescript: '5.4.5', moduleResolution: 'node10' },
  { typescript: '5.4.5', moduleResolution: 'node16' },
  { typescript: '5.4.5', moduleResolution: 'bundler' },
  { typescript: '6.0.3', moduleResolution: 'node16' },
  { typescript: '6.0.3', moduleResolution: 'bundler' },
]

/**
 * Every entry compiles in that project, and a use with a wrong type does not: the client packages by themselves, and, where
 * `exports` is read, all packages on a server.
 */
export function typescriptConsumer(consumer: Consumer): Gate {
  const { typescript, moduleResolution } = consumer
  return {
    name: `TypeScript ${typescript}, moduleResolution ${moduleResolution}`,
    async look(project) {
      const found = typescript === '6.0.3' ? { folder: root } : await tool(`typescript-${typescript}`, { typescript })
      if ('skipped' in found) return found
      if ('fault' in found) return [found.fault]
      const compiler = join(found.folder, 'node_modules/typescript/bin/tsc')
      const alone = clientsAlone(project, `${project.folder}-clients`)
      // who imports schemas into TypeScript has zod, the peer their types come from
      const entries = entriesOf(alone).filter((entry) => !entry.package.row.typesFrom || !/\/schema$/.test(entry.subpath))
      const faults = await compiled(compiler, alone.folder, consumer, entries, [])
      if (!project.packages.some(({ row }) => row.kind === 'server') || typescript !== '6.0.3') return faults
      return [...faults, ...(await compiled(compiler, project.folder, consumer, entriesOf(project), ['node']))]
    },
  }
}

async function compiled(
  compiler: string,
  project: string,
  consumer: Consumer,
  entries: readonly Entry[],
  types: readonly string[],
): Promise<readonly string[]> {
  const { typescript, moduleResolution } = consumer
  const folder = join(project, 'typescript', `${typescript}-${moduleResolution}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  // kysely, whose types the hub's name, is an ES module only: node16 knows no require of one
  const ends = moduleResolution !== 'node16' ? ['ts'] : types.length ? ['mts'] : ['mts', 'cts']
  for (const end of ends) writeFileSync(join(folder, `use.${end}`), useOf(entries))
  const compilerOptions = {
    strict: true,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    esModuleInterop: true,
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    types,
    module: moduleResolution === 'node16' ? 'node16' : moduleResolution === 'bundler' ? 'esnext' : 'commonjs',
    moduleResolution,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
  const { good, output } = await run(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], { cwd: folder })
  const lines = output.split('\n').filter((line) => /error TS/.test(line))
  return good ? [] : lines.length ? lines.slice(0, 20) : [output]
}

/** Imports all of every entry; where the entries of a quote are there, a typed one with a mistake that must be found. */
function useOf(entries: readonly Entry[]): string {
  const ids = entries.map(({ id }) => id)
  const all = ids.map((id, i) => `import * as all${i} from '${id}'`)
  const keep = `export const keep: readonly object[] = [${ids.map((_, i) => `all${i}`).join(', ')}]`
  const typed = ids.includes('@omokit/rules')
    ? `import { compile, quote, type Basket } from '@omokit/rules'
const basket: Basket = { currency: 'CNY', channel: 'web', lines: [{ id: '1', sku: 'tea', qty: 1 }] }
const book = compile({ release: 1, currency: 'CNY', lists: ['base'], prices: (_list, sku) => ({ sku, price: 8800 }), rules: { rules: [] } })
export const pay: number | undefined = book.ok ? ((answer) => (answer.ok ? answer.value.totals.pay : undefined))(quote(book.value, basket, 0)) : undefined
// @ts-expect-error a quantity is a number: were the types lost on the way, nothing would be found here
export const wrong: Basket = { ...basket, lines: [{ id: '1', sku: 'tea', qty: '1' }] }`
    : ''
  return [...all, keep, typed].join('\n')
}
