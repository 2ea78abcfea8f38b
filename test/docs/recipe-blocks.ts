import { codeBlocks } from './code-blocks'

/** The page in both languages. */
export const recipePages = ['docs/en/guide/recipes.md', 'docs/zh/guide/recipes.md'] as const

type Framework = 'react' | 'vue' | 'taro'
const order: readonly Framework[] = ['react', 'vue', 'taro']

/** The files of a page, one for each framework, in the order of the page. */
export function recipes(page: string): ReadonlyMap<Framework, string> {
  const blocks = ['tsx', 'ts'].flatMap((language) => codeBlocks(page, language)).sort((a, b) => a.line - b.line)
  if (blocks.length !== order.length) throw new Error(`${page}: ${blocks.length} blocks for ${order.length} frameworks`)
  return new Map(order.map((framework, i) => [framework, blocks[i]?.code ?? '']))
}

/** The file for one framework. */
export const recipe = (framework: Framework): string => recipes(recipePages[0]).get(framework) ?? ''
