import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAlipayLayer, createWechatLayer } from '@omokit/core/testing/layers'
import { stemOf } from '../../packaging/sync.mjs'
import { joinClassically } from '../classic-resolution'
import { type Entry, miniprogramEntries } from '../entries'
import type { Gate, Project } from '../gate'
import { run } from '../run'
import { type Inside, type Smoke, smokes } from '../smokes'
import { buildForWechat } from './wechat-builder'

/** What WeChat's builder made runs in the simulated logic layer: every entry loads, has all its names and does its work. */
export function runsInWechat(works: Readonly<Record<string, Smoke>> = smokes): Gate {
  return {
    name: "what WeChat's builder made runs in the WeChat layer",
    async look(project) {
      const built = await buildForWechat(project)
      if ('skipped' in built) return built
      if (built.faults.length) return ['the builder did not take the packages']
      const code = ({ subpath, package: { row } }: Entry): string | undefined => {
        const file = join(built.folder, 'miniprogram_npm', row.name, `${stemOf(subpath)}.js`)
        return existsSync(file) ? readFileSync(file, 'utf8') : undefined
      }
      return faultsIn('wechat', project, code, works)
    },
  }
}

/**
 * Alipay's tools, webpack 4 and others read `main` and folders, never `exports`, and take dependencies from node_modules:
 * joined that way every entry runs in the simulated Alipay layer.
 */
export function runsInAlipay(works: Readonly<Record<string, Smoke>> = smokes): Gate {
  return {
    name: 'main and folders alone lead to what runs in the Alipay layer',
    look: (project) => faultsIn('alipay', project, ({ id }) => joinClassically(id, project.folder), works),
  }
}

async function faultsIn(
  host: Inside['host'],
  project: Project,
  codeOf: (entry: Entry) => string | undefined,
  works: Readonly<Record<string, Smoke>>,
): Promise<readonly string[]> {
  const wrong: string[] = []
  const entries = miniprogramEntries(project)
  const names = await namesInNode(
    entries.map(({ id }) => id),
    project.folder,
  )
  const layer = (host === 'wechat' ? createWechatLayer : createAlipayLayer)({ onFault: (fault) => wrong.push(`a callback threw ${String(fault)}`) })
  const loaded = new Map<string, unknown>()
  const use = (id: string): unknown => {
    const entry = entries.find((each) => each.id === id)
    const code = entry && codeOf(entry)
    if (code === undefined) throw new Error(`${id} is not there`)
    if (!loaded.has(id)) loaded.set(id, layer.load(code))
    return loaded.get(id)
  }
  for (const { id } of entries) {
    try {
      const found = use(id) as Readonly<Record<string, unknown>>
      const lacks = (names[id] ?? []).filter((name) => !(name in found))
      if (lacks.length) wrong.push(`${id}: lacks ${lacks.join(', ')}`)
      const fault = await inTime(works[id]?.({ host, use: use as Inside['use'] }))
      if (fault) wrong.push(`${id}: ${fault}`)
    } catch (error) {
      wrong.push(`${id}: ${String(error)}`)
    }
  }
  layer.kill()
  return wrong
}

/** The layer's own timers hold no process: without one of ours a piece of work that never ends would end the run in silence. */
function inTime<T>(work: T | Promise<T>): Promise<T | string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve('did not end within 30 s'), 30_000)))
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** What each entry exports in Node, for comparison. */
async function namesInNode(ids: readonly string[], cwd: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const script = `console.log(JSON.stringify(Object.fromEntries(${JSON.stringify(ids)}.map((id) => [id, Object.keys(require(id))]))))`
  const { good, output } = await run(process.execPath, ['-e', script], { cwd })
  if (!good) throw new Error(output)
  return JSON.parse(output) as Record<string, readonly string[]>
}
