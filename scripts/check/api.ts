import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { packages } from '../packaging/packages.mjs'
import { stemOf } from '../packaging/sync.mjs'
import { root, say, stop } from '../repository'

// packages/<p>/api.md: every public name with its declaration, made from the built types. `--update` writes, else compares.
const printer = ts.createPrinter({ removeComments: true })
const update = process.argv.includes('--update')
let differs = 0
for (const [dir, row] of Object.entries(packages)) {
  const files = Object.keys(row.entries).map((subpath) => ({ subpath, file: join(root, 'packages', dir, 'dist', `${stemOf(subpath)}.d.mts`) }))
  for (const { file } of files) if (!existsSync(file)) stop(`${file} is not there: npm run build`, 1)
  const program = ts.createProgram(
    files.map(({ file }) => file),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      skipLibCheck: true,
      types: ['node'],
      customConditions: [],
    },
  )
  const checker = program.getTypeChecker()
  const parts = [`# ${row.name}\n\nThe public API, made from the built types by \`npm run check -- --update\`. A change here is a change for users.\n`]
  for (const { subpath, file } of files) {
    const source = program.getSourceFile(file)
    const module = source && checker.getSymbolAtLocation(source)
    const lines = module
      ? checker
          .getExportsOfModule(module)
          .map((symbol) => declarationsOf(symbol, checker))
          .sort()
      : []
    parts.push(`## ${subpath === '.' ? row.name : row.name + subpath.slice(1)}\n\n\`\`\`ts\n${lines.join('\n')}\n\`\`\`\n`)
  }
  const text = parts.join('\n')
  const target = join(root, 'packages', dir, 'api.md')
  const old = existsSync(target) ? readFileSync(target, 'utf8') : ''
  if (old === text) continue
  if (update) writeFileSync(target, text)
  else {
    differs++
    say(`packages/${dir}/api.md differs from the built types: npm run check -- api --update, and review the diff`)
  }
}
process.exit(differs ? 1 : 0)

function declarationsOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const texts = (real.declarations ?? []).map((declaration) => {
    const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
    return printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile()).replace(/^(export )?(declare )?/, '')
  })
  const own = real.name === symbol.name ? '' : `${symbol.name} = `
  return own + texts.join('\n')
}
