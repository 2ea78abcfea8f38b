import { build } from 'esbuild'
import { leanEd25519 } from '../build/lean-ed25519'

/** A TypeScript source bundled from the packages' sources as one ES2017 file, as a mini-program gets it. */
export async function bundle(
  source: { readonly file: string } | { readonly text: string; readonly dir: string },
  format: 'cjs' | 'iife' = 'cjs',
): Promise<string> {
  const { outputFiles } = await build({
    ...('file' in source ? { entryPoints: [source.file] } : { stdin: { contents: source.text, resolveDir: source.dir, loader: 'ts' } }),
    bundle: true,
    write: false,
    format,
    platform: 'browser',
    target: 'es2017',
    conditions: ['@omokit/source'],
    alias: leanEd25519,
    logLevel: 'silent',
    legalComments: 'none',
  })
  const [file] = outputFiles
  if (!file) throw new Error('nothing was bundled')
  return file.text
}
