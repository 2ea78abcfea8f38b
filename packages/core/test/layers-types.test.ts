import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const folder = join(import.meta.dirname, '../type-tests')

/** What the compiler says of the type test of a host, with one line put behind it. */
function complaints(host: 'wechat' | 'alipay', more = ''): string[] {
  const dir = join(folder, host)
  const config = ts.parseJsonConfigFileContent(ts.readConfigFile(join(dir, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, dir)
  const compiler = ts.createCompilerHost(config.options)
  const { readFile } = compiler
  compiler.readFile = (file) => (config.fileNames.includes(file) ? `${readFile(file)}${more}` : readFile(file))
  const program = ts.createProgram(config.fileNames, config.options, compiler)
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

describe("the vendors' typings", () => {
  it('of WeChat fit what the adapter calls', () => expect(complaints('wechat')).toEqual([]))
  it('of Alipay fit what the adapter calls', () => expect(complaints('alipay')).toEqual([]))
  it('would show a call that neither has, or a field that is spelt as the other host spells it', () => {
    expect(
      complaints('wechat', '\nexport const wrong: { request(option: { success(answer: { readonly headers: object }): void }): unknown } = wx'),
    ).toHaveLength(1)
    expect(complaints('alipay', '\nexport const wrong: { getRandomValues(option: object): void } = my')).toHaveLength(1)
  })
})
