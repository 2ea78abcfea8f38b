import { join } from 'node:path'
import { type Installed, tool } from './npm'

/** A Node to run packages with. */
export interface NodeBinary {
  readonly major: number
  readonly path: string
}

/** The oldest line that client packages promise, the line the repository itself needs, and the one at hand. */
export const nodeLines: Readonly<Record<number, string>> = { 18: '18.20.8', 20: '20.20.2' }

/** The Node of a line: the one at hand where it is of that line, else the registry's build for this machine. */
export async function nodeOf(major: number): Promise<NodeBinary | Exclude<Installed, { readonly folder: string }>> {
  if (Number(process.versions.node.split('.')[0]) === major) return { major, path: process.execPath }
  const version = nodeLines[major]
  if (!version) return { fault: `no version of Node ${major} is pinned` }
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const found = await tool(`node${major}`, { node: `npm:node-${platform}-${process.arch}@${version}` })
  return 'folder' in found ? { major, path: join(found.folder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node') } : found
}
