// Runs in a process of its own, which it makes look like a page: `tracker-in-node.ts NAME=FILE...`, bundles of tracker subjects.
// Prints the median microseconds of one call inside the loop, per name.
import 'fake-indexeddb/auto'
import { readFileSync } from 'node:fs'
import { runInThisContext } from 'node:vm'
import { Window } from 'happy-dom'
import { say } from '../scripts/repository'

type Put = (n: number) => unknown

const calls = 1_000
const rounds = 9

const page = new Window({ url: 'https://shop.example/product' })
const answer = async (_: unknown, options?: { readonly body?: unknown }): Promise<Response> => {
  const text = typeof options?.body === 'string' ? options.body : ''
  const seq = Array.from(text.matchAll(/"seq":(\d+)/g)).pop()?.[1]
  const body = { code: 200, ...(seq && { through: Number(seq), except: [], server_time: Date.now() }) }
  return new Response(JSON.stringify(body), { status: 200, headers: { 'content-type': 'application/json' } })
}
for (const name of ['document', 'localStorage', 'sessionStorage', 'location', 'navigator', 'history', 'screen', 'XMLHttpRequest', 'Event'])
  Object.defineProperty(globalThis, name, { value: (page as unknown as Record<string, unknown>)[name], configurable: true, writable: true })
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent'] as const)
  Object.defineProperty(globalThis, name, { value: page[name].bind(page), configurable: true, writable: true })
Object.assign(globalThis, { window: globalThis, self: globalThis, fetch: answer })

const subjects: { readonly name: string; readonly put: Put; readonly times: number[] }[] = []
for (const argument of process.argv.slice(2)) {
  const at = argument.lastIndexOf('=')
  runInThisContext(readFileSync(argument.slice(at + 1), 'utf8'))
  const { open } = (globalThis as unknown as { bench: { open(collector: string): Put } }).bench
  subjects.push({ name: argument.slice(0, at), put: open('https://collector.example'), times: [] })
}
const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
for (const { put } of subjects) await put(0)
await rest(500)
// the first round warms all up
for (let round = 0; round <= rounds; round++)
  for (const { put, times } of subjects) {
    const start = performance.now()
    for (let n = 0; n < calls; n++) put(n)
    const spent = performance.now() - start
    if (round) times.push((spent * 1000) / calls)
    await rest(1_500)
  }
say(JSON.stringify(subjects.map(({ name, times }) => ({ name, micros: times.sort((a, b) => a - b)[times.length >> 1] }))))
process.exit(0)
