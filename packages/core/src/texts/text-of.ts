import type { Issue, IssueCode } from '../issues'
import { en } from './en'
import { zhCn } from './zh-cn'
import { zhTw } from './zh-tw'

/** The languages issues are told in. */
export type Language = 'zh-CN' | 'zh-TW' | 'en'

const tables: Readonly<Record<Language, Readonly<Record<IssueCode, string>>>> = { 'zh-CN': zhCn, 'zh-TW': zhTw, en }

/**
 * An issue as a sentence for staff and developers, without a full stop. Amounts stand as they do in the issue, in minor
 * units: format money before showing it to shoppers. In the tables a part in square brackets is left out when the issue
 * lacks a value it names.
 *
 * @example
 * textOf({ code: 'rate-limited', need: 2000 }, 'en') // "Too many requests, wait 2000 ms"
 */
export function textOf(issue: Issue, language: Language): string {
  return tables[language][issue.code].replace(/\[([^\]]*)\]/g, (_, part: string) => {
    let whole = true
    const text = part.replace(/\{(have|need|path)\}/g, (_slot, name: 'have' | 'need' | 'path') => {
      const value = issue[name]
      if (value === undefined) whole = false
      return String(value)
    })
    return whole ? text : ''
  })
}
