import { readFileSync } from 'node:fs'
import type { Issue as CoreIssue } from '@omokit/core'
import { textOf } from '@omokit/core/texts'
import { expect, it } from 'vitest'
import type { Issue } from '@omokit/insights'
import { apportion, shapley } from '@omokit/insights/attribution'
import { wilson } from '@omokit/insights/experiments'

it('every code is one of core, so that its text table has words for it', () => {
  const source = readFileSync(new URL('../../packages/insights/src/result.ts', import.meta.url), 'utf8')
  const codes = [...source.matchAll(/^ {2}\| '([a-z-]+)'/gm)].map((match) => match[1])
  const answers = [wilson({ successes: 3, trials: 2 }), shapley(new Array<string>(17).fill('a'), () => 0), apportion(0.5, [1])]
  const issues: readonly Issue[] = answers.flatMap((answer) => (answer.ok ? [] : answer.issues))
  expect(issues.map(({ code }) => code)).toEqual(codes)
  // the types say so too
  const words = issues.map((issue: CoreIssue) => textOf(issue, 'zh-CN'))
  expect(words).toEqual([expect.stringContaining('arm.successes'), expect.stringContaining('16'), expect.stringContaining('amount')])
})
