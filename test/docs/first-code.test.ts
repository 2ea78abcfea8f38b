import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { root } from '../../scripts/repository'
import { codeBlocks, textOf } from './code-blocks'

let folder: string
beforeEach(() => {
  // inside the repository, so that the packages are found
  folder = mkdtempSync(join(root, 'test', 'docs', '.run-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the first code of the READMEs', () => {
  for (const page of ['README.md', 'README.zh-CN.md']) {
    it(`${page}: runs without account and server, and prints what the page says`, async () => {
      const printed = await run(codeBlocks(page)[0]?.code ?? '')
      expect(printed.split('\n').length).toBeGreaterThan(1)
      expect(textOf(page)).toContain(`\`\`\`text\n${printed}\n\`\`\``)
    })
  }
})

/** Runs a block as a module and gives what it printed. */
async function run(code: string): Promise<string> {
  const file = join(folder, 'block.ts')
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
  return lines.join('\n')
}
