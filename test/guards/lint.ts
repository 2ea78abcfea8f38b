import ts from 'typescript'
import { packages } from '../../scripts/packaging/packages.mjs'
import { importsOf, type SourceFile } from './sources'

/** Names that reach the world past the ports. */
const effects = new Set([
  'fetch',
  'localStorage',
  'sessionStorage',
  'indexedDB',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'requestAnimationFrame',
  'navigator',
  'document',
  'window',
  'location',
  'performance',
  'crypto',
  'process',
  'wx',
  'my',
  'tt',
  'XMLHttpRequest',
  'WebSocket',
  'EventSource',
  'BroadcastChannel',
  'console',
])

/** Built-ins that a client package's core paths may not use: old WebViews and mini-programs lack them. */
const tooNew = new Set([
  'globalThis',
  'BigInt',
  'Intl',
  'TextEncoder',
  'TextDecoder',
  'URL',
  'URLSearchParams',
  'structuredClone',
  'AbortController',
  'WeakRef',
  'Buffer',
])
const tooNewMembers = new Set(['fromEntries', 'hasOwn', 'flat', 'flatMap', 'allSettled', 'replaceAll', 'matchAll', 'findLast', 'toSorted', 'toReversed'])

/** Folders that are an adapter to a runtime, or run only in tests and on servers. */
function atTheEdge(file: SourceFile): boolean {
  if (packages[file.package]?.kind === 'server') return true
  // time zones are compiled at publish, on a server; no client path reaches this folder
  if (file.package === 'rules' && file.inner.startsWith('zone/')) return true
  return (
    (file.package === 'core' && /^(web|node|mini|wechat|alipay|testing|memory|schema)\//.test(file.inner)) ||
    (file.package === 'tracker' && /^(bots|clicks|debug|impressions|pages)\//.test(file.inner)) ||
    (file.package === 'omokit' && /^(node|web|till|wechat|alipay)\//.test(file.inner))
  )
}

/** Everything the conventions forbid in a source file, one line each. */
export function lint(file: SourceFile): readonly string[] {
  const wrong: string[] = []
  const say = (node: ts.Node, what: string): void => {
    const { line } = file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree))
    wrong.push(`${file.path}:${line + 1}: ${what}`)
  }
  const edge = atTheEdge(file)
  for (const found of importsOf(file)) {
    if (!edge && found.name.startsWith('node:')) wrong.push(`${file.path}: ${found.name} in a client package`)
    if (!edge && /^zod/.test(found.name) && !file.inner.startsWith('schema/')) wrong.push(`${file.path}: zod outside ./schema`)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isExportDeclaration(node) && !node.exportClause) say(node, 'export *')
    if (ts.isExportAssignment(node)) say(node, 'default export')
    if (node.kind === ts.SyntaxKind.DefaultKeyword && node.parent && ts.canHaveModifiers(node.parent) && !ts.isCaseOrDefaultClause(node.parent))
      say(node, 'default export')
    if (node.kind === ts.SyntaxKind.AnyKeyword) say(node, 'any')
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier) && /^zod/.test(node.moduleSpecifier.text)) {
      const bindings = node.importClause?.namedBindings
      if (!bindings || !ts.isNamespaceImport(bindings)) say(node, 'zod by name: import * as z')
    }
    if (ts.isClassDeclaration(node) && !node.heritageClauses?.some((clause) => /Error/.test(clause.getText(file.tree))))
      say(node, 'a class that is not an error')
    if (ts.isPropertyAccessExpression(node)) {
      const text = node.getText(file.tree)
      if (!edge && /^(Date\.now|Math\.random)$/.test(text)) say(node, `${text} outside a port`)
      if (!edge && (tooNewMembers.has(node.name.text) || readsFromTheEnd(node)) && !isOwnMember(node))
        say(node, `.${node.name.text} is too new for a client package`)
    }
    if (!edge && ts.isNewExpression(node) && node.expression.getText(file.tree) === 'Date' && !node.arguments?.length) say(node, 'new Date() outside a port')
    if (!edge && ts.isIdentifier(node) && isFree(node)) {
      if (effects.has(node.text)) say(node, `${node.text} outside a port`)
      if (tooNew.has(node.text)) say(node, `${node.text} is too new for a client package`)
    }
    ts.forEachChild(node, visit)
  }
  visit(file.tree)
  return wrong
}

/** `.at(-1)`: the only use of Array.prototype.at that has no older spelling of the same length; other `at` are methods of ours. */
function readsFromTheEnd(node: ts.PropertyAccessExpression): boolean {
  return (
    node.name.text === 'at' &&
    ts.isCallExpression(node.parent) &&
    node.parent.arguments.length === 1 &&
    ts.isPrefixUnaryExpression(node.parent.arguments[0] as ts.Node)
  )
}

/** `.at(…)` and the like on an object of ours (a field, not the built-in) are calls on no array or string literal: told apart by being called. */
function isOwnMember(node: ts.PropertyAccessExpression): boolean {
  return !(ts.isCallExpression(node.parent) && node.parent.expression === node)
}

/** An identifier that reads a global: not a member, a declaration, a label, a type or something declared in this file. */
function isFree(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false
  if (
    ts.isQualifiedName(parent) ||
    ts.isTypeReferenceNode(parent) ||
    ts.isTypeQueryNode(parent) ||
    ts.isTypeElement(parent) ||
    ts.isTypeParameterDeclaration(parent)
  )
    return false
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isImportClause(parent)) return false
  if (ts.isBindingElement(parent) || ts.isParameter(parent) || ts.isVariableDeclaration(parent)) {
    if (parent.name === node || (ts.isBindingElement(parent) && parent.propertyName === node)) return false
  }
  if (
    (ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent) || ts.isPropertyDeclaration(parent) || ts.isFunctionDeclaration(parent)) &&
    parent.name === node
  )
    return false
  for (let scope: ts.Node | undefined = parent; scope; scope = scope.parent) if (declares(scope, node.text)) return false
  return true
}

function declares(scope: ts.Node, name: string): boolean {
  if (ts.isFunctionLike(scope) && scope.parameters.some((parameter) => binds(parameter.name, name))) return true
  if (ts.isBlock(scope) || ts.isSourceFile(scope)) {
    return scope.statements.some((statement) => {
      if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.some((declaration) => binds(declaration.name, name))
      if (ts.isFunctionDeclaration(statement)) return statement.name?.text === name
      if (ts.isImportDeclaration(statement)) return !!statement.importClause && new RegExp(`\\b${name}\\b`).test(statement.importClause.getText())
      return false
    })
  }
  if (
    (ts.isForOfStatement(scope) || ts.isForStatement(scope) || ts.isForInStatement(scope)) &&
    scope.initializer &&
    ts.isVariableDeclarationList(scope.initializer)
  ) {
    return scope.initializer.declarations.some((declaration) => binds(declaration.name, name))
  }
  return false
}

function binds(pattern: ts.BindingName, name: string): boolean {
  if (ts.isIdentifier(pattern)) return pattern.text === name
  return pattern.elements.some((element) => ts.isBindingElement(element) && binds(element.name, name))
}
