import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buildAll } from '../build/build'
import { packages, type PackageRow } from '../packaging/packages.mjs'
import { root, say, stop } from '../repository'
import type { Gate, Project, Verdict } from './gate'
import { billOfMaterials } from './gates/bill-of-materials'
import { contentsGate, writeContents } from './gates/contents'
import { filesResolve } from './gates/files-resolve'
import { installScripts } from './gates/install-scripts'
import { loadsInNode } from './gates/loads-in-node'
import { es2017, oldEngines } from './gates/old-engines'
import { scriptTag, vitePage } from './gates/pages'
import { releaseDryRun } from './gates/release-dry-run'
import { runsInAlipay, runsInWechat } from './gates/runs-in-layers'
import { serverRender } from './gates/server-render'
import { sizes } from './gates/sizes'
import { taroBuild } from './gates/taro-build'
import { thirdParties } from './gates/third-parties'
import { consumers, typescriptConsumer } from './gates/typescript-consumers'
import { wechatBuilder } from './gates/wechat-builder'
import { wechatBuilderRefuses } from './gates/wechat-builder-refuses'
import { packAll, scratch } from './pack'
import { installProject } from './project'

/**
 * Installs every packed tarball into scratch projects, as integrators would, and sends them through the gates. `--weekly`
 * adds what takes minutes, `--update` writes the lists of contents, `--built` takes the builds as they are; words as further arguments run only the gates whose
 * name holds one of them.
 */
const args = process.argv.slice(2)
const words = args.filter((arg) => !arg.startsWith('--'))

const listOf = (row: PackageRow): string => join(root, 'packages', dirOf(row), 'contents.txt')
const gates: readonly Gate[] = [
  installScripts,
  contentsGate(listOf),
  filesResolve,
  es2017,
  oldEngines,
  thirdParties,
  loadsInNode(18),
  loadsInNode(20),
  serverRender,
  vitePage,
  scriptTag,
  ...consumers.map(typescriptConsumer),
  wechatBuilder,
  wechatBuilderRefuses,
  runsInWechat(),
  runsInAlipay(),
  sizes,
  billOfMaterials(join(scratch, 'sbom', 'omokit.cdx.json')),
  releaseDryRun,
  ...(args.includes('--weekly') ? [taroBuild('weapp'), taroBuild('alipay')] : []),
]

const wanted = gates.filter((gate) => !words.length || words.some((word) => gate.name.toLowerCase().includes(word.toLowerCase())))
if (!wanted.length) stop(`No gate "${words.join(' ')}". Known: ${gates.map((gate) => gate.name).join('; ')}`)
const begun = Date.now()
const stale = args.includes('--built') ? [] : staleOf()
if (stale.length) await buildAll(stale)
const tarballs = await packAll()
const project = await installProject(tarballs)
if (!('packages' in project)) stop('skipped' in project ? `${project.skipped}: nothing was looked at` : project.fault, 1)
say(`${project.packages.length} tarballs built, packed and installed in ${seconds(begun)}`)
if (args.includes('--update')) for (const one of project.packages) writeContents(one, listOf(one.row))

const counts = { passed: 0, failed: 0, skipped: 0 }
for (const gate of wanted) {
  const from = Date.now()
  const verdict = await judged(gate, project)
  if ('skipped' in verdict) {
    counts.skipped++
    say(`skipped ${gate.name}: ${verdict.skipped}`)
    continue
  }
  counts[verdict.length ? 'failed' : 'passed']++
  say(`${verdict.length ? 'FAILED ' : 'ok     '} ${gate.name} (${seconds(from)})`)
  for (const fault of verdict) say(`          ${fault.replaceAll('\n', '\n          ')}`)
}
say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exit(counts.failed ? 1 : 0)

async function judged(gate: Gate, on: Project): Promise<Verdict> {
  try {
    return await gate.look(on)
  } catch (error) {
    return [(error as Error).stack ?? String(error)]
  }
}

function seconds(from: number): string {
  return `${((Date.now() - from) / 1000).toFixed(1)} s`
}

function dirOf(row: PackageRow): string {
  return Object.keys(packages).find((dir) => packages[dir] === row) ?? row.name
}

/** Packages without a build, or with one older than a source it is made of. */
function staleOf(): readonly string[] {
  const tools = newest(join(root, 'scripts/build'))
  const source = (dir: string): number => Math.max(newest(join(root, 'packages', dir, 'src')), statSync(join(root, 'packages', dir, 'package.json')).mtimeMs)
  return Object.entries(packages)
    .filter(([dir, row]) => {
      // the licence is copied last
      const built = join(root, 'packages', dir, 'LICENSE')
      return (
        !existsSync(join(root, 'packages', dir, 'dist')) ||
        !existsSync(built) ||
        statSync(built).mtimeMs < Math.max(tools, source(dir), ...row.arrows.map(source))
      )
    })
    .map(([dir]) => dir)
}

function newest(folder: string): number {
  return Math.max(0, ...readdirSync(folder, { withFileTypes: true, recursive: true }).map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs))
}
