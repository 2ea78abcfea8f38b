import { codeBlocks } from './code-blocks'

/** The page in both languages. */
export const firstEventPages = ['docs/en/guide/first-event.md', 'docs/zh/guide/first-event.md'] as const

/** One runtime on the page. */
export interface FirstEvent {
  readonly runtime: 'web' | 'script' | 'wechat' | 'alipay' | 'till' | 'node'
  readonly code: string
}

const order = ['web', 'script', 'wechat', 'alipay', 'till', 'node'] as const

/** The blocks of a page, one for each runtime, in the order of the page. */
export function firstEvents(page: string): readonly FirstEvent[] {
  const blocks = ['ts', 'html', 'js'].flatMap((language) => codeBlocks(page, language)).sort((a, b) => a.line - b.line)
  if (blocks.length !== order.length) throw new Error(`${page}: ${blocks.length} blocks for ${order.length} runtimes`)
  return blocks.map(({ code }, i) => ({ runtime: order[i] as FirstEvent['runtime'], code }))
}

/** The code for one runtime. */
export function firstEvent(runtime: FirstEvent['runtime']): string {
  const [one] = firstEvents(firstEventPages[0]).filter((each) => each.runtime === runtime)
  if (!one) throw new Error(`no block for ${runtime}`)
  return one.code
}
