import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { root, say } from '../repository'

// Both languages have the same pages, and the site builds (dead links fail the build).
const pages = (language: string): string[] => below(join(root, 'docs', language)).map((file) => relative(join(root, 'docs', language), file))
const zh = new Set(pages('zh'))
const en = new Set(pages('en'))
const lonely = [
  ...[...zh].filter((page) => !en.has(page)).map((page) => `docs/zh/${page} has no English twin`),
  ...[...en].filter((page) => !zh.has(page)).map((page) => `docs/en/${page} has no Chinese twin`),
]
for (const line of lonely) say(line)
const require = createRequire(join(root, 'docs/package.json'))
const vitepress = join(dirname(require.resolve('vitepress/package.json')), 'bin/vitepress.js')
const build = spawnSync(process.execPath, [vitepress, 'build', '.'], { cwd: join(root, 'docs'), encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } })
if (build.status !== 0) say(build.stdout + build.stderr)
process.exit(lonely.length || build.status !== 0 ? 1 : 0)

function below(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? below(path) : name.endsWith('.md') ? [path] : []
  })
}
