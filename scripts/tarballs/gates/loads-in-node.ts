import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { entriesOf } from '../entries'
import type { Gate } from '../gate'
import { type NodeBinary, nodeOf } from '../nodes'
import type { Installed } from '../npm'
import { run } from '../run'

/** require() and import of every entry give the same names, and more than none. Servers' packages are asked from Node 20 on. */
export function loadsInNode(major: number, find: (major: number) => Promise<NodeBinary | Exclude<Installed, { readonly folder: string }>> = nodeOf): Gate {
  return {
    name: `require and import on Node ${major}`,
    async look(project) {
      const node = await find(major)
      if ('skipped' in node) return node
      if ('fault' in node) return [node.fault]
      const ids = entriesOf(project)
        .filter((entry) => major >= 20 || entry.package.row.kind === 'client')
        .map(({ id }) => id)
      const file = join(project.folder, `loads-${major}.mjs`)
      writeFileSync(file, script(ids))
      const { good, output } = await run(node.path, [file], { cwd: project.folder })
      if (good) return []
      const said = output.split('\n').filter((line) => line.startsWith('! '))
      return said.length ? said.map((line) => line.slice(2)) : [output]
    },
  }
}

const script = (ids: readonly string[]): string => `import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const wrong = []
for (const id of ${JSON.stringify(ids)}) {
  const names = {}
  for (const [way, load] of [['require', () => require(id)], ['import', () => import(id)]]) {
    try {
      names[way] = Object.keys(await load()).filter((name) => name !== 'default' && name !== 'module.exports').sort().join()
      if (!names[way]) wrong.push(\`\${way} of \${id} gives nothing\`)
    } catch (error) {
      wrong.push(\`\${way} of \${id}: \${error.message.split('\\n')[0]}\`)
    }
  }
  if (names.require && names.import && names.require !== names.import) wrong.push(\`\${id}: require gives \${names.require}, import \${names.import}\`)
}
for (const line of wrong) console.error('! ' + line)
process.exitCode = wrong.length ? 1 : 0
`
