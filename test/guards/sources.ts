import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { packages } from '../../scripts/packaging/packages.mjs'
import { root } from '../../scripts/repository'

/** A source file of a package, parsed. */
export interface SourceFile {
  /** Relative to the repository, with slashes. */
  readonly path: string
  readonly package: string
  /** Relative to the package's src folder. */
  readonly inner: string
  readonly text: string
  readonly tree: ts.SourceFile
}

/** Every TypeScript file under packages/<name>/src. */
export function sources(): readonly SourceFile[] {
  return Object.keys(packages).flatMap((name) => {
    const folder = join(root, 'packages', name, 'src')
    return filesBelow(folder).map((file) => parse(relative(root, file), name, relative(folder, file)))
  })
}

/** A snippet parsed as if it stood in a package; for the tests of the guards. */
export function snippet(text: string, name = 'tracker', inner = 'snippet.ts'): SourceFile {
  return { path: `packages/${name}/src/${inner}`, package: name, inner, text, tree: ts.createSourceFile(inner, text, ts.ScriptTarget.Latest, true) }
}

/** Every file below a folder that is TypeScript; nothing hidden, which is where tests write while they run. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/(^|[\\/])\./.test(relative(folder, file)))
    .sort()
}

function parse(path: string, name: string, inner: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  return { path, package: name, inner, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) }
}

/** Module specifiers a file names, with whether the import is of types only. */
export function importsOf(file: SourceFile): readonly { readonly name: string; readonly typeOnly: boolean; readonly dynamic: boolean }[] {
  const found: { name: string; typeOnly: boolean; dynamic: boolean }[] = []
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      const typeOnly = ts.isImportDeclaration(node) ? importsTypesOnly(node.importClause) : node.isTypeOnly
      found.push({ name: node.moduleSpecifier.text, typeOnly, dynamic: false })
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      if (argument && ts.isStringLiteral(argument)) found.push({ name: argument.text, typeOnly: false, dynamic: true })
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      found.push({ name: node.argument.literal.text, typeOnly: true, dynamic: false })
    }
    ts.forEachChild(node, visit)
  }
  visit(file.tree)
  return found
}

function importsTypesOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false
  if (clause.isTypeOnly) return true
  const bindings = clause.namedBindings
  return !clause.name && !!bindings && ts.isNamedImports(bindings) && bindings.elements.every((element) => element.isTypeOnly)
}
