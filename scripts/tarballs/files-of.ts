import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parse } from 'acorn'

/** Every file below a folder, relative, with slashes, sorted; node_modules left out. */
export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !file.split('/').includes('node_modules'))
    .sort()
}

/** A specifier in a built file: `import … from`, `export … from`, `import()`, `require()`. */
export function specifiersOf(code: string): readonly string[] {
  const found = new Set<string>()
  visit(parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true, allowReturnOutsideFunction: true }), (node) => {
    const source = node['source'] as { readonly value?: unknown } | null | undefined
    if (/^(Import|Export)/.test(node.type) && typeof source?.value === 'string') found.add(source.value)
    if (node.type !== 'CallExpression') return
    const [first] = node['arguments'] as readonly { readonly value?: unknown }[]
    if ((node['callee'] as { readonly name?: string }).name === 'require' && typeof first?.value === 'string') found.add(first.value)
  })
  return [...found]
}

/** The entry's file and every file of the package it reaches by relative imports. */
export function reachedFrom(file: string): readonly string[] {
  const reached = new Set<string>()
  const queue = [file]
  for (let next = queue.pop(); next; next = queue.pop()) {
    if (reached.has(next) || !existsSync(next)) continue
    reached.add(next)
    for (const name of specifiersOf(readFileSync(next, 'utf8'))) if (name.startsWith('.')) queue.push(join(dirname(next), name))
  }
  return [...reached]
}

interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

function visit(node: unknown, tell: (node: Node) => void): void {
  if (Array.isArray(node)) for (const each of node) visit(each, tell)
  else if (node && typeof node === 'object') {
    if ('type' in node) tell(node as unknown as Node)
    for (const value of Object.values(node)) if (value && typeof value === 'object') visit(value, tell)
  }
}
