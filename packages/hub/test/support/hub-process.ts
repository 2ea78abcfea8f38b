import type { KeyKind } from '@omokit/core'
import { createHub, createKey, openStore, processEffects, serve } from '../../src/index'

// A hub in a process of its own, to be killed by a test: hub-process.ts FOLDER BRAND
async function main([dir, brand]: readonly string[]): Promise<void> {
  const store = await openStore({ pglite: { dir: dir as string } })
  const key = async (kind: KeyKind): Promise<string> => {
    const made = await createKey(store, processEffects, { brand: brand as string, kind, mode: 'test' })
    if (!made.ok) throw new Error('no key')
    return made.value.key
  }
  const { url } = await serve(createHub({ store, mode: 'dev' }))
  process.stdout.write(`${JSON.stringify({ url, key: await key('terminal'), secret: await key('secret') })}\n`)
}

void main(process.argv.slice(2))
