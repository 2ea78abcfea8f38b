import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../scripts/repository'
import { type CodeBlock, codeBlocks, pages, textOf } from './code-blocks'
import { faultsIn, pageSettings } from './compile'

const all = pages().flatMap((page) => codeBlocks(page))

describe('the code on the pages', () => {
  it('compiles under the settings of the repository, each block by itself', () => {
    expect(all.length).toBeGreaterThan(20)
    // the last one is wrong on purpose: what is not found proves nothing
    const wrong: CodeBlock = { page: 'wrong.md', line: 3, whole: true, code: "import { quote } from '@omokit/rules'\nquote(1)" }
    expect(faults([...all.filter((block) => block.whole), wrong])).toEqual([expect.stringMatching(/^wrong\.md:5 .*Expected 3 arguments/)])
  })

  it('is partial in five places at most', () => {
    expect(all.filter((block) => !block.whole).length).toBeLessThanOrEqual(5)
  })

  it('is the same in Chinese and English', () => {
    const codes = (page: string): readonly string[] => codeBlocks(page).map((block) => block.code)
    const english = pages().filter((page) => page.startsWith('docs/en/') && existsSync(join(root, page.replace('docs/en/', 'docs/zh/'))))
    const twins = [...english.map((page) => [page, page.replace('docs/en/', 'docs/zh/')] as const), ['README.md', 'README.zh-CN.md'] as const]
    for (const [en, zh] of twins) expect({ page: zh, codes: codes(zh) }).toEqual({ page: zh, codes: codes(en) })
  })
})

describe('the READMEs', () => {
  for (const page of ['README.md', 'README.zh-CN.md']) {
    it(`${page} shows code before line 30, in at most 8 lines`, () => {
      const first = codeBlocks(page)[0] as CodeBlock
      expect(first.line + 1).toBeLessThan(30)
      expect(first.code.split('\n').length).toBeLessThanOrEqual(8)
    })
  }

  it('every package has one with a block that is checked', () => {
    const readmes = pages().filter((page) => page.startsWith('packages/'))
    expect(readmes.filter((page) => !codeBlocks(page).some((block) => block.whole))).toEqual([])
    expect(readmes.length).toBeGreaterThan(9)
  })

  it('names every command of the repository', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
    const commands = Object.keys(scripts)
      .filter((name) => name !== 'build' && name !== 'docs:dev')
      .map((name) => (name === 'start' || name === 'test' ? `npm ${name}` : `npm run ${name}`))
    for (const page of ['README.md', 'README.zh-CN.md']) for (const command of commands) expect(textOf(page)).toContain(`\`${command}`)
  })
})

/** What the compiler says about the blocks, as `page:line message`. */
function faults(blocks: readonly CodeBlock[]): readonly string[] {
  const files = new Map(blocks.map((block, i) => [join(root, 'test', `block-${i}.ts`), block]))
  const codes = new Map([...files].map(([name, { code }]) => [name, code]))
  return faultsIn(codes, pageSettings()).map(({ file, line, message }) => {
    const { page, line: from } = files.get(file) as CodeBlock
    return `${page}:${from + line} ${message}`
  })
}
