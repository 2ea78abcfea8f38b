import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type * as OutboxModule from '@omokit/core/outbox'
import type * as PageModule from '@omokit/core/page'

/** One place of the outbox's source, and what stands there instead. */
export interface Mutation {
  /** Name of a file of that outbox. */
  readonly file: string
  readonly from: string
  readonly to: string
}

const folderOf = (name: string): string => fileURLToPath(new URL(`../../src/${name}/`, import.meta.url))

/** The outbox with a bug planted in its own source. Throws when the place is not there exactly once: then the plant is out of date. */
export const mutantOutbox = (mutation: Mutation): Promise<typeof OutboxModule> => mutantOf('outbox', mutation) as Promise<typeof OutboxModule>

/** The same of the outbox of a page. */
export const mutantPage = (mutation: Mutation): Promise<typeof PageModule> => mutantOf('page', mutation) as Promise<typeof PageModule>

async function mutantOf(name: string, { file, from, to }: Mutation): Promise<unknown> {
  const folder = folderOf(name)
  const path = folder + file
  const source = readFileSync(path, 'utf8')
  if (source.split(from).length !== 2) throw new Error(`${file} does not hold this exactly once: ${from}`)
  const { outputFiles } = await build({
    entryPoints: [`${folder}index.ts`],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
    plugins: [
      {
        name: 'plant',
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, (args) => (args.path === path ? { contents: source.replace(from, () => to), loader: 'ts' } : undefined)),
      },
    ],
  })
  const text = (outputFiles[0] as { readonly text: string }).text
  return import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)
}
