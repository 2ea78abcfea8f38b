import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createContext, runInContext } from 'node:vm'
import { createAlipayLayer, createWechatLayer, withoutLaterBuiltIns } from '@omokit/core/testing/layers'
import { parse } from 'acorn'
import { launchChromium, noChromium } from '../chromium/launch'

/** An engine a client bundle must run in. */
export type Engine =
  | 'node'
  | 'node without a compiler'
  | 'chromium'
  | 'chromium 61 profile'
  | 'wechat layer'
  | 'alipay layer'
  | 'jsc'
  | 'jsc without a compiler'

/** What an engine made of the bundle, or why it was not asked. */
export type EngineOutcome = { readonly answer: string } | { readonly skipped: string }

/** JavaScriptCore's shell. */
const jsc = process.env['OMOKIT_JSC'] ?? '/usr/bin/jsc'

/** Why JavaScriptCore cannot be asked here; "" when it can. */
export const noJsc: string = existsSync(jsc) ? '' : ` (skipped: no JavaScriptCore at ${jsc}, set OMOKIT_JSC)`

/**
 * Runs a bundle in every engine. The bundle is a CommonJS file (see `bundle`) that sets `exports.answer` to a text while it
 * loads. Throws at once when it is not ES2017.
 */
export async function runInEngines(
  code: string,
  engines: readonly Engine[] = Object.keys(runners) as Engine[],
): Promise<Partial<Record<Engine, EngineOutcome>>> {
  parse(code, { ecmaVersion: 2017, sourceType: 'script' })
  const outcomes: Partial<Record<Engine, EngineOutcome>> = {}
  for (const engine of engines) outcomes[engine] = await runners[engine](code)
  return outcomes
}

/** As one script that hands its answer to `give`. */
const script = (code: string, give: string): string =>
  `;(function () { var module = { exports: {} }, exports = module.exports;${code}\n;(${give})(String(module.exports.answer)) })()`

const runners: Readonly<Record<Engine, (code: string) => Promise<EngineOutcome>>> = {
  node: (code) => shell(process.execPath, [], script(code, 'function (text) { process.stdout.write(text) }')),
  'node without a compiler': (code) => shell(process.execPath, ['--jitless'], script(code, 'function (text) { process.stdout.write(text) }')),
  chromium,
  'chromium 61 profile': async (code) => {
    const context = createContext(Object.create(null) as object)
    runInContext(`${withoutLaterBuiltIns}; delete this.globalThis`, context)
    return {
      answer: String(
        runInContext(`(function () { var module = { exports: {} }, exports = module.exports;${code}\n;return module.exports.answer })()`, context),
      ),
    }
  },
  'wechat layer': async (code) => ({ answer: (createWechatLayer().load(code) as { answer: string }).answer }),
  'alipay layer': async (code) => ({ answer: (createAlipayLayer().load(code) as { answer: string }).answer }),
  jsc: async (code) => (noJsc ? { skipped: noJsc } : shell(jsc, [], script(code, 'function (text) { print(text) }'))),
  'jsc without a compiler': async (code) => (noJsc ? { skipped: noJsc } : shell(jsc, ['--useJIT=false'], script(code, 'function (text) { print(text) }'))),
}

async function chromium(code: string): Promise<EngineOutcome> {
  if (noChromium) return { skipped: noChromium }
  const browser = await launchChromium()
  try {
    const page = await browser.context.newPage()
    await page.addScriptTag({ content: script(code, 'function (text) { window.answer = text }') })
    return { answer: await page.evaluate<string>('window.answer') }
  } finally {
    await browser.close()
  }
}

async function shell(program: string, args: readonly string[], text: string): Promise<EngineOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'omokit-engine-'))
  try {
    const file = join(folder, 'bundle.js')
    writeFileSync(file, text)
    return { answer: (await promisify(execFile)(program, [...args, file], { encoding: 'utf8' })).stdout.trim() }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
