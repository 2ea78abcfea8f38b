import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../../scripts/repository'

/** A fenced block of TypeScript on a page. */
export interface CodeBlock {
  /** Path of the page from the root of the repository. */
  readonly page: string
  /** Line of the opening fence, from 1. */
  readonly line: number
  readonly code: string
  /** false: marked `ignore-check`, a part that cannot stand alone. */
  readonly whole: boolean
}

/** Every page a reader may copy code from: the docs in both languages, the READMEs of the repository and of the packages. */
export function pages(): readonly string[] {
  const docs = ['en', 'zh'].flatMap((language) => below(join(root, 'docs', language)))
  const readmes = ['README.md', 'README.zh-CN.md'].map((file) => join(root, file))
  const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name, 'README.md'))
  return [...docs, ...readmes, ...packages].map((file) => relative(root, file))
}

/** The blocks of a page that open with ```ts, or with another language. */
export function codeBlocks(page: string, language = 'ts'): readonly CodeBlock[] {
  const blocks: CodeBlock[] = []
  let open: { line: number; whole: boolean; lines: string[] } | undefined
  for (const [i, line] of textOf(page).split('\n').entries()) {
    if (open && line.trimEnd() === '```') {
      blocks.push({ page, line: open.line, code: open.lines.join('\n'), whole: open.whole })
      open = undefined
    } else if (open) open.lines.push(line)
    else if (line === `\`\`\`${language}` || line.startsWith(`\`\`\`${language} `)) open = { line: i + 1, whole: !line.includes('ignore-check'), lines: [] }
  }
  return blocks
}

/** The text of a page. */
export const textOf = (page: string): string => readFileSync(join(root, page), 'utf8')

function below(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? below(path) : name.endsWith('.md') ? [path] : []
  })
}
