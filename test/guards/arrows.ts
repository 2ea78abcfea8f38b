import { dirname, join, normalize } from 'node:path'
import { packages } from '../../scripts/packaging/packages.mjs'
import { importsOf, type SourceFile } from './sources'

const byName = new Map(Object.entries(packages).map(([dir, row]) => [row.name, dir]))

/** The package folder a specifier belongs to, with its subpath. */
function target(specifier: string): { readonly dir: string; readonly subpath: string } | undefined {
  for (const [name, dir] of byName) {
    if (specifier === name) return { dir, subpath: '.' }
    if (specifier.startsWith(`${name}/`)) return { dir, subpath: `.${specifier.slice(name.length)}` }
  }
  return undefined
}

/** Narrower rules than the table: a whole package may import the other, but only so. */
function narrowed(file: SourceFile, to: string, subpath: string, typeOnly: boolean, dynamic: boolean): string | undefined {
  if (file.package === 'coupons' && to === 'rules' && !typeOnly) return 'coupons may import types of rules only'
  if (file.package === 'pricing-sync' && to === 'rules' && !typeOnly && !file.inner.startsWith('quote/')) return 'only pricing-sync/quote may import rules'
  if (file.package === 'hub' && to === 'identity' && subpath !== './resolve') return 'hub may import identity/resolve only'
  if (file.package === 'cli' && to === 'hub' && !dynamic && !typeOnly) return 'cli may import hub only by import()'
  return undefined
}

/** Imports that the arrow table does not allow, and subpaths that do not exist. */
export function wrongArrows(files: readonly SourceFile[]): readonly string[] {
  const wrong: string[] = []
  for (const file of files) {
    for (const found of importsOf(file)) {
      const to = target(found.name)
      if (!to) {
        if (found.name.startsWith('.')) {
          const inside = normalize(join(dirname(file.inner), found.name))
          if (inside.startsWith('..')) wrong.push(`${file.path}: ${found.name} leaves the package`)
        }
        continue
      }
      if (to.dir === file.package) wrong.push(`${file.path}: imports its own package by name`)
      else if (!packages[file.package]?.arrows.includes(to.dir)) wrong.push(`${file.path}: ${file.package} may not import ${to.dir}`)
      else {
        const reason = narrowed(file, to.dir, to.subpath, found.typeOnly, found.dynamic)
        if (reason) wrong.push(`${file.path}: ${reason}`)
      }
      if (!packages[to.dir]?.entries[to.subpath]) wrong.push(`${file.path}: ${found.name} is not an entry`)
    }
  }
  return wrong
}

/** Circles among files (runtime imports only), each as the path around. */
export function cycles(files: readonly SourceFile[]): readonly string[] {
  const known = new Map(files.map((file) => [file.path, file]))
  const next = new Map<string, string[]>()
  for (const file of files) {
    const to: string[] = []
    for (const found of importsOf(file)) {
      if (found.typeOnly || !found.name.startsWith('.')) continue
      const base = normalize(join(dirname(file.path), found.name))
      const hit = [`${base}.ts`, `${base}/index.ts`, base].find((path) => known.has(path))
      if (hit) to.push(hit)
    }
    next.set(file.path, to)
  }
  const circles: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return
    if (state.get(path) === 'open') {
      circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
      return
    }
    state.set(path, 'open')
    for (const to of next.get(path) ?? []) visit(to, [...trail, path])
    state.set(path, 'done')
  }
  for (const path of next.keys()) visit(path, [])
  return circles
}
