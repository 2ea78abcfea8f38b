import { expect, it } from 'vitest'
import { issuesPage } from '../../scripts/docs/issues'
import { textOf } from './code-blocks'

it('the pages of issue codes are what the text table says now', () => {
  for (const language of ['zh', 'en'] as const) expect(textOf(`docs/${language}/reference/issues.md`)).toBe(issuesPage(language))
})
