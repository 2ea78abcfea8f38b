import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../type-tests')

/** Typings and packages as they were parsed: the same for all. */
const parsed = new Map<string, ts.SourceFile | undefined>()

/** Where the compiler finds the mini-program of a host wrong, with one line put behind it. */
function faults(host: 'wechat' | 'alipay', more = ''): string[] {
  const dir = join(folder, host)
  const config = ts.parseJsonConfigFileContent(ts.readConfigFile(join(dir, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, dir)
  const compiler = ts.createCompilerHost(config.options)
  const { readFile } = compiler
  compiler.readFile = (file) => (config.fileNames.includes(file) ? `${readFile(file)}${more}` : readFile(file))
  const { getSourceFile } = compiler
  compiler.getSourceFile = (file, version, ...rest) => {
    if (config.fileNames.includes(file)) return getSourceFile(file, version, ...rest)
    if (!parsed.has(file)) parsed.set(file, getSourceFile(file, version, ...rest))
    return parsed.get(file)
  }
  const program = ts.createProgram(config.fileNames, config.options, compiler)
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

describe("in a mini-program's own project (strict, no DOM)", () => {
  it.each(['wechat', 'alipay'] as const)('the typings of %s take what the captures give back, and give what they take', (host) => {
    expect(faults(host)).toEqual([])
  })

  it.each(['wechat', 'alipay'] as const)('%s: what does not fit is seen', (host) => {
    expect(faults(host, "\nexport const wrong = [campaignFrom(7), document.title, tracker.track('Screen Viewed', {})]")).toHaveLength(3)
  })
})
