import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type * as OutboxModule from '@omokit/core/outbox'

/** One place of the outbox's source, and what stands there instead. */
export interface Mutation {
  /** Name of a file of the outbox. */
  readonly file: string
  readonly from: string
  readonly to: string
}

const folder = fileURLToPath(new URL('../../src/outbox/', import.meta.url))

/** The outbox with a bug planted in its own source. Throws when the place is not there exactly once: then the plant is out of date. */
export async function mutantOutbox({ file, from, to }: Mutation): Promise<typeof OutboxModule> {
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
  return (await import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)) as typeof OutboxModule
}
