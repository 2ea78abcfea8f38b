import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { specifiersOf } from './files-of'
import { manifestOf } from './manifest-of'

/**
 * An import joined with everything it requires into one CommonJS file, found as Node 10 did: `main`, `index.js`, a folder
 * with its own package.json; `exports` is not read. Undefined when the import leads nowhere.
 */
export function joinClassically(id: string, from: string): string | undefined {
  const first = inNodeModules(id, from)
  if (!first) return undefined
  const files = [first]
  const modules: string[] = []
  for (let i = 0; i < files.length; i++) {
    const file = files[i] as string
    const code = readFileSync(file, 'utf8')
    const numbers: Record<string, number> = {}
    for (const name of specifiersOf(code)) {
      const target = name.startsWith('.') ? fileAt(join(dirname(file), name)) : inNodeModules(name, dirname(file))
      if (!target) return `throw new Error(${JSON.stringify(`${name} is found nowhere`)})`
      if (!files.includes(target)) files.push(target)
      numbers[name] = files.indexOf(target)
    }
    modules.push(`[${JSON.stringify(numbers)}, function (module, exports, require) {${code}\n}]`)
  }
  return `var held = {}, all = [${modules.join(',\n')}]
function load(i) {
  if (!held[i]) {
    held[i] = { exports: {} }
    all[i][1](held[i], held[i].exports, function (name) { return load(all[i][0][name]) })
  }
  return held[i].exports
}
module.exports = load(0)`
}

function inNodeModules(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = fileAt(join(folder, 'node_modules', name))
    if (found || folder === dirname(folder)) return found
  }
}

function fileAt(path: string): string | undefined {
  for (const file of [path, `${path}.js`]) if (existsSync(file) && statSync(file).isFile()) return file
  if (!existsSync(path)) return undefined
  const main = existsSync(join(path, 'package.json')) ? manifestOf(path).main : undefined
  return (main && fileAt(join(path, main))) || (existsSync(join(path, 'index.js')) ? join(path, 'index.js') : undefined)
}
