import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { IssueCode } from '@omokit/core'
import { type Language, textOf } from '@omokit/core/texts'
import { en } from '../../packages/core/src/texts/en'
import { root, say } from '../repository'

/** Where each group begins in the order of the text table, with its names. */
const groups: Readonly<Partial<Record<IssueCode, readonly [zh: string, en: string]>>> = {
  malformed: ['请求、密钥、权限', 'Requests, keys, scopes'],
  'unknown-kind': ['事实', 'Facts'],
  'not-an-amount': ['金额', 'Money'],
  'bad-signature': ['发布', 'Releases'],
  'unknown-rule': ['规则', 'Rules'],
  exhausted: ['权威：券、积分、额度', 'Authority: coupons, points, quotas'],
  'no-consent': ['身份与同意', 'Identity and consent'],
  'stale-release': ['中枢的发现', 'Findings of the hub'],
}

const opening: Readonly<Record<'zh' | 'en', string>> = {
  zh: `---
order: 4
---
# 问题码

业务上的拒绝是值：\`{ ok: false, issues: [{ code, path?, have?, need? }] }\`。故障抛 \`OmoError\`，带同样的 \`code\`。码不随版本变，文字会变：程序比较码，人看文字（\`textOf(issue, 'zh-CN')\`，另有繁体和英文）。金额是最小货币单位。‹path›、‹have›、‹need› 所在的一段只在有值时出现。

本页由 \`npx tsx --conditions=@omokit/source scripts/docs/issues.ts\` 从文字表生成，有测试守着。
`,
  en: `---
order: 4
---
# Issues

A business refusal is a value: \`{ ok: false, issues: [{ code, path?, have?, need? }] }\`. A fault throws an \`OmoError\` with the same \`code\`. Codes are stable, texts are not: programs compare codes, people read texts (\`textOf(issue, 'en')\`, also in simplified and traditional Chinese). Amounts are minor units. The part with ‹path›, ‹have› or ‹need› appears only when there is a value.

This page is made from the text table by \`npx tsx --conditions=@omokit/source scripts/docs/issues.ts\`; a test holds it current.
`,
}

/** The page of all issue codes. */
export function issuesPage(language: 'zh' | 'en'): string {
  const lines = [opening[language]]
  for (const code of Object.keys(en) as IssueCode[]) {
    const group = groups[code]
    if (group) lines.push(`## ${group[language === 'zh' ? 0 : 1]}\n\n| ${language === 'zh' ? '码 | 中文 | 英文' : 'code | English | Chinese'} |\n|---|---|---|`)
    const [zh, english] = (['zh-CN', 'en'] satisfies Language[]).map((one) => textOf({ code, path: '‹path›', have: '‹have›', need: '‹need›' }, one))
    lines.push(`| \`${code}\` | ${language === 'zh' ? `${zh} | ${english}` : `${english} | ${zh}`} |${nextOpens(code) ? '\n' : ''}`)
  }
  return `${lines.join('\n').trimEnd()}\n`
}

function nextOpens(code: IssueCode): boolean {
  const codes = Object.keys(en) as IssueCode[]
  const next = codes[codes.indexOf(code) + 1]
  return next !== undefined && groups[next] !== undefined
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const language of ['zh', 'en'] as const) {
    const file = join('docs', language, 'reference', 'issues.md')
    writeFileSync(join(root, file), issuesPage(language))
    say(file)
  }
}
