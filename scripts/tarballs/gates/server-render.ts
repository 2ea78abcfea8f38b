import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pageEntries } from '../entries'
import type { Gate } from '../gate'
import { run } from '../run'

/** A server that renders a page imports what the page imports: no global, no handle, no listener, no error is left. */
export const serverRender: Gate = {
  name: 'server-side import leaves no trace',
  async look(project) {
    const file = join(project.folder, 'server-render.mjs')
    writeFileSync(file, script(pageEntries(project).map(({ id }) => id)))
    const { good, output } = await run(process.execPath, [file], { cwd: project.folder })
    return good ? [] : output.split('\n').filter(Boolean)
  },
}

const script = (ids: readonly string[]): string => `// zod, behind the entries of schemas, keeps one registry per process under a name of its own
const globals = () => Object.getOwnPropertyNames(globalThis).filter((name) => name !== '__zod_globalRegistry' && name !== '__zod_globalConfig').join()
const prototypes = () => [Object, Array, String, Promise, Map, Set].map((one) => [one, one.prototype].map((of) => Reflect.ownKeys(of).length).join()).join()
const handles = () => process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|FileHandle|FSReq/.test(name)).join()
const listeners = () => process.eventNames().map((name) => String(name) + process.listenerCount(name)).join()
const looks = { globals, prototypes, handles, listeners }
const wrong = []
for (const id of ${JSON.stringify(ids)}) {
  const before = Object.entries(looks).map(([, look]) => look())
  await import(id)
  Object.entries(looks).forEach(([name, look], i) => { if (look() !== before[i]) wrong.push(\`\${id} changed \${name}\`) })
}
for (const line of wrong) console.error(line)
process.exitCode = wrong.length ? 1 : 0
`
