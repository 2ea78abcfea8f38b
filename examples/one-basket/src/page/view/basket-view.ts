import type { BasketLine } from '@omokit/rules'
import type { Article } from '../../brand/catalogue'
import type { DemoConfig } from '../../demo-config'
import type { Match } from '../model/search'
import type { Words } from '../words'
import { el } from './el'
import { yuan } from './yuan'

/** Price of an article as the page knows it. */
const tag = (article: Article, changes: Readonly<Record<string, number>>, words: Words): string =>
  `${yuan(changes[article.sku] ?? article.price)}${article.weighed ? words.perKg : ''}`

/** The basket's lines with their steppers. */
export function linesView(
  lines: readonly BasketLine[],
  {
    config,
    changes,
    words,
    step,
  }: {
    readonly config: DemoConfig
    readonly changes: Readonly<Record<string, number>>
    readonly words: Words
    step(sku: string, by: 1 | -1): void
  },
): readonly HTMLElement[] {
  if (!lines.length) return [el('p', { className: 'hint' }, words.empty)]
  return lines.map(({ sku, qty, grams }) => {
    const article = config.articles.find((one) => one.sku === sku)
    const name = article ? words.name(article) : sku
    const button = (by: 1 | -1): HTMLElement => {
      const made = el('button', { ariaLabel: `${name} ${by > 0 ? '+' : '−'}`, onclick: () => step(sku, by) }, by > 0 ? '+' : '−')
      made.dataset['key'] = `${sku}${by}`
      return made
    }
    return el(
      'div',
      { className: 'line' },
      el('span', { className: 'name', title: name }, name),
      el('div', { className: 'stepper' }, button(-1), el('span', {}, grams === undefined ? String(qty) : `${grams} g`), button(1)),
      el(
        'small',
        {},
        `${sku} · `,
        article && article.price !== (changes[sku] ?? article.price) && el('s', {}, yuan(article.price)),
        article && ` ${tag(article, changes, words)}`,
      ),
    )
  })
}

/** What the search found. */
export function foundView(
  matches: readonly Match[],
  {
    typed,
    changes,
    words,
    add,
  }: {
    readonly typed: string
    readonly changes: Readonly<Record<string, number>>
    readonly words: Words
    add(match: Match): void
  },
): readonly HTMLElement[] {
  if (!typed.trim()) return []
  if (!matches.length) return [el('p', { className: 'hint' }, words.nothingFound)]
  return matches.map((match) =>
    el(
      'button',
      { onclick: () => add(match) },
      el(
        'span',
        {},
        words.name(match.article),
        match.grams !== undefined && ` ${match.grams} g`,
        el('small', {}, match.article.gtin ?? `PLU ${match.article.plu ?? ''}`),
      ),
      el('span', {}, tag(match.article, changes, words)),
    ),
  )
}
