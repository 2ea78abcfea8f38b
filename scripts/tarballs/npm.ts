import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scratch } from './pack'
import { run } from './run'

/** Why npm could not: out of reach is no fault of ours, anything else is. */
export type Installed = { readonly folder: string } | { readonly skipped: string } | { readonly fault: string }

const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline', '--fetch-retries=2']

/** Installs what the folder's package.json says; no package's script runs. */
export async function install(folder: string, ...more: readonly string[]): Promise<Installed> {
  const { good, output } = await run('npm', ['install', ...quiet, ...more], { cwd: folder })
  if (good) return { folder }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/.test(output))
    return { skipped: `the npm registry is out of reach (${/(?:code|errno) (\w+)/.exec(output)?.[1] ?? 'network'})` }
  return { fault: output }
}

const running = new Map<string, Promise<Installed>>()

/** A tool too heavy for the repository's own dependencies, kept in `.cache/tools/<name>` from run to run. */
export function tool(name: string, dependencies: Readonly<Record<string, string>>): Promise<Installed> {
  const known = running.get(name) ?? make(name, dependencies)
  running.set(name, known)
  return known
}

async function make(name: string, dependencies: Readonly<Record<string, string>>): Promise<Installed> {
  const folder = join(scratch, 'tools', name)
  const manifest = JSON.stringify({ name: `omokit-tool-${name}`, private: true, dependencies }, null, 2)
  const done = join(folder, 'done.json')
  if (existsSync(done) && readFileSync(done, 'utf8') === manifest) return { folder }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), manifest)
  const installed = await install(folder)
  if ('folder' in installed) writeFileSync(done, manifest)
  return installed
}
