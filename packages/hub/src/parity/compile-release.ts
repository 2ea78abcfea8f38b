import type { Result } from '@omokit/core'
import { bookNames, holdRelease, type ReleaseTexts, type Row } from '@omokit/core/documents'
import { compile, type CompiledBook, type PriceRow, type RuleRow } from '@omokit/rules'

/**
 * A release's prices and rules, ready to quote with. After its expiry a till keeps list prices and stops promotions: then only
 * settings and tender rounding stay, which is what `expired` asks for.
 */
export function compileRelease(texts: ReleaseTexts, expired: boolean): Result<CompiledBook> {
  const held = holdRelease(texts, true)
  const names = bookNames(texts.books)
  const rules: RuleRow[] = []
  for (const name of names) {
    if (!name.startsWith('rules/')) continue
    for (const bucket of texts.books[name]?.buckets ?? []) {
      for (const row of JSON.parse(bucket) as Row[]) if (!expired || staysAfterExpiry(row[1])) rules.push(row as unknown as RuleRow)
    }
  }
  const { currency } = held.stated
  return compile({
    release: texts.signed.header.version,
    currency: typeof currency === 'string' ? currency : 'CNY',
    prices: (list, sku) => {
      const text = held.find(`price/${list}`, sku)
      return text === undefined ? undefined : priceRow(text)
    },
    rules,
    lists: names.filter((name) => name.startsWith('price/')).map((name) => name.slice('price/'.length)),
  })
}

function priceRow(text: string): PriceRow {
  const [sku, price, list, until, tags] = JSON.parse(text) as [string, number, number?, number?, string?]
  return { sku, price, ...(list ? { list } : {}), ...(until ? { until } : {}), ...(tags ? { tags: tags.split(',') } : {}) }
}

function staysAfterExpiry(text: string | number | undefined): boolean {
  const { kind } = JSON.parse(String(text)) as { readonly kind?: unknown }
  return kind === 'settings' || kind === 'tender'
}
