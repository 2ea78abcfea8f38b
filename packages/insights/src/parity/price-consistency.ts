import { accept, check, checkAmount, checkEach, type Result } from '../result'

/** The prices of one article at one moment, minor units, a row each channel. */
export interface ArticlePrices {
  readonly sku: string
  readonly prices: readonly { readonly channel: string; readonly price: number }[]
}

export interface PriceConsistency {
  /** (highest − lowest) / lowest of each article, in the order given; null where an article is free in one channel only. */
  readonly spread: readonly { readonly sku: string; readonly spread: number | null }[]
  /** Articles whose spread is above the tolerance; exactly on it is consistent. */
  readonly inconsistent: readonly string[]
  /** Consistent articles over all. */
  readonly score: number
}

/**
 * Whether articles cost the same in every channel.
 *
 * @param tolerance share of the lowest price that is let pass; default 0.001
 */
export function priceConsistency(articles: readonly ArticlePrices[], tolerance = 0.001): Result<PriceConsistency> {
  const wrong =
    check('articles', articles.length, articles.length > 0, '>= 1') ||
    check('tolerance', tolerance, tolerance >= 0, '>= 0') ||
    checkEach(
      'articles',
      articles,
      ({ prices }) =>
        check('prices', prices.length, prices.length > 0, '>= 1') ||
        checkEach('prices', prices, ({ price }) => checkAmount('', price) || check('', price, price >= 0, '>= 0')),
    )
  if (wrong) return wrong
  const spread = articles.map(({ sku, prices }) => {
    const all = prices.map(({ price }) => price)
    const [low, high] = [Math.min(...all), Math.max(...all)]
    return { sku, spread: low ? (high - low) / low : high ? null : 0 }
  })
  const inconsistent = spread.filter((one) => one.spread === null || one.spread > tolerance + 1e-12).map(({ sku }) => sku)
  return accept({ spread, inconsistent, score: (articles.length - inconsistent.length) / articles.length })
}
