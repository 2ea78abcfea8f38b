import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { callerPath, root, say, stop } from '../repository'

/** What a kind's module gives: runs every case of a file through the public API. */
interface CaseRunner {
  run(file: string): Promise<CaseResult> | CaseResult
}
interface CaseResult {
  readonly passed: number
  readonly failed: number
  /** One line per failure. */
  readonly lines: readonly string[]
}

/** Every kind there will be; one without a module yet says so. */
const kinds = ['promotions', 'retail', 'identity', 'insights']

const [kind, file] = process.argv.slice(2)
if (!kind || !kinds.includes(kind)) stop(`Unknown kind "${kind ?? ''}". Usage: npm run cases -- KIND FILE, KIND one of ${kinds.join(', ')}`)
const module = join(root, 'scripts', 'cases', `${kind}.ts`)
if (!existsSync(module)) stop(`Cases of kind "${kind}" cannot be run yet: the package they test is still a thin slice.`)
if (!file) stop(`Which file? npm run cases -- ${kind} FILE`)
const path = callerPath(file)
if (!existsSync(path)) stop(`No such file: ${path}`)
const runner = (await import(pathToFileURL(module).href)) as CaseRunner
const result = await runner.run(path)
for (const line of result.lines) say(line)
say(`${result.passed} passed, ${result.failed} failed`)
process.exit(result.failed || !result.passed ? 1 : 0)
