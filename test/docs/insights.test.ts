import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { root } from '../../scripts/repository'
import { codeBlocks, textOf } from './code-blocks'

let folder: string
beforeAll(() => {
  // inside the repository, so that the packages are found
  folder = mkdtempSync(join(root, 'test', 'docs', '.run-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the worked examples of the insights page', () => {
  const page = 'docs/en/guide/insights.md'
  const blocks = codeBlocks(page)

  it('are one a section, each with what it prints', () => {
    expect(blocks.length).toBe(7)
    expect(textOf(page).match(/^## /gm)?.length).toBe(7)
    expect(textOf(page).match(/^```text$/gm)?.length).toBe(7)
  })

  it.each(blocks.map((block, i) => [i, block.line, block.code] as const))('example %i (line %i) prints what both pages say', async (i, _, code) => {
    const file = join(folder, `example-${i}.ts`)
    writeFileSync(file, code)
    const lines: string[] = []
    const log = vi
      .spyOn(console, 'log')
      .mockImplementation((...values: unknown[]) => void lines.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ')))
    try {
      await import(file)
    } finally {
      log.mockRestore()
    }
    const printed = `\`\`\`ts\n${code}\n\`\`\`\n\n\`\`\`text\n${lines.join('\n')}\n\`\`\``
    for (const language of ['en', 'zh']) expect(textOf(`docs/${language}/guide/insights.md`)).toContain(printed)
  })
})
