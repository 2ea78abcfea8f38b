import { isBankCard } from './is-bank-card'
import { isIdCard } from './is-id-card'

/** What the scrubber knows to be about a person. */
export type PersonalKind = 'phone' | 'email' | 'id-card' | 'bank-card'

/** A piece of a text, from `from` up to `to`, that is personal. */
export interface Personal {
  readonly kind: PersonalKind
  readonly from: number
  readonly to: number
}

/**
 * Phone numbers (Chinese mobiles, E.164 with its +), e-mail addresses, Chinese identity numbers (checksum) and bank cards
 * (Luhn) in a text, in order, never overlapping. Full-width characters count as their narrow twins; groups of digits may be parted by
 * one space or hyphen. The work grows with the length of the text and with nothing else: every look to the side is bounded.
 */
export function findPersonal(text: string): Personal[] {
  if (!/[@\uff20\d\uff10-\uff19]/.test(text)) return []
  const narrow = text.replace(/[\uff01-\uff5e\u3000]/g, (wide) => (wide === '\u3000' ? ' ' : String.fromCharCode(wide.charCodeAt(0) - 0xfee0)))
  const mails = findMails(narrow)
  const numbers = findNumbers(narrow)
  const found: Personal[] = []
  for (const one of mails.concat(numbers).sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = found[found.length - 1]
    if (!last || one.from >= last.to) found.push(one)
    // a number that runs into an address: both go, as one
    else if (one.to > last.to) found[found.length - 1] = { kind: last.kind, from: last.from, to: one.to }
  }
  return found
}

const mostDomain = 190

function findMails(text: string): Personal[] {
  const found: Personal[] = []
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (!/[A-Za-z0-9-]/.test(text.charAt(at + 1))) continue
    // no further than the @ before: together these looks to the left read the text once
    let from = at
    while (from > 0 && /[\w.!$%'*+^`{|}~-]/.test(text.charAt(from - 1))) from--
    const domain = /^(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}/.exec(text.slice(at + 1, at + mostDomain))
    if (from < at && domain) found.push({ kind: 'email', from, to: at + 1 + domain[0].length })
  }
  return found
}

const mostDigits = 19

/** Digits that stand together. */
interface Group {
  readonly from: number
  readonly to: number
  /** One space or hyphen, or what an international number may hold, leads on to the next group. */
  readonly next: '' | 'joined' | 'loose'
}

function findNumbers(text: string): Personal[] {
  const groups = groupsOf(text)
  const found: Personal[] = []
  let first = 0
  while (first < groups.length) {
    const hit = longestFrom(text, groups, first)
    if (hit) found.push(hit.personal)
    first = hit ? hit.last + 1 : first + 1
  }
  return found
}

function groupsOf(text: string): Group[] {
  const groups: Group[] = []
  const digits = /\d+/g
  for (let run = digits.exec(text); run; run = digits.exec(text)) {
    const to = run.index + run[0].length
    const between = /^(?:([ \u00a0-])|[ .()-]{1,2})(?=\d)/.exec(text.slice(to, to + 3))
    groups.push({ from: run.index, to, next: !between ? '' : between[1] ? 'joined' : 'loose' })
  }
  return groups
}

/** The longest number that begins with a group. At most 19 groups are looked at, since each has a digit. */
function longestFrom(text: string, groups: readonly Group[], first: number): { readonly personal: Personal; readonly last: number } | undefined {
  const start = (groups[first] as Group).from
  const plus = text.charAt(start - 1) === '+' || (text.charAt(start - 1) === '(' && text.charAt(start - 2) === '+')
  let digits = ''
  let best: { readonly personal: Personal; readonly last: number } | undefined
  for (let last = first; last < groups.length; last++) {
    const { from, to, next } = groups[last] as Group
    if (digits.length + to - from > mostDigits) break
    digits += text.slice(from, to)
    const check = text.charAt(to)
    const crossed = digits.length === 17 && /[Xx]/.test(check) && isIdCard(digits + check)
    const kind = crossed ? 'id-card' : kindOf(digits, plus)
    if (kind) best = { personal: { kind, from: plus && kind === 'phone' ? text.lastIndexOf('+', start) : start, to: crossed ? to + 1 : to }, last }
    if (next !== 'joined' && !(plus && next === 'loose')) break
  }
  return best
}

/** What whole digits are; `plus` stands before them. */
function kindOf(digits: string, plus: boolean): PersonalKind | undefined {
  // most runs are of no length that means anything
  if (digits.length < (plus ? 8 : 11)) return undefined
  if (/^(?:(?:00)?86)?1[3-9]\d{9}$/.test(digits) || (plus && /^[1-9]\d{7,14}$/.test(digits))) return 'phone'
  if (digits.length === 18 && isIdCard(digits)) return 'id-card'
  return isBankCard(digits) ? 'bank-card' : undefined
}
