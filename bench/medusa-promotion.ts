import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { PlainLine, PlainPromotion } from './rules-shop'

/** The version that is measured. */
export const medusaVersion = '2.21.2'

/**
 * Installs @medusajs/promotion in a folder of its own below `cache` and gives the folder. Its peer @medusajs/framework brings a
 * database, a server and hundreds of packages; the functions that compute need of it only `framework/utils`, which is
 * @medusajs/utils under another name. Throws what npm says when it cannot, for want of a network most often.
 */
export function installMedusa(cache: string): string {
  const folder = join(cache, 'bench-medusa')
  const modules = join(folder, 'node_modules')
  const manifest = JSON.stringify({
    name: 'omokit-bench-medusa',
    private: true,
    dependencies: { '@medusajs/promotion': medusaVersion, '@medusajs/utils': medusaVersion },
  })
  const file = join(folder, 'package.json')
  const framework = join(modules, '@medusajs/framework')
  if (existsSync(framework) && existsSync(file) && readFileSync(file, 'utf8') === manifest) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, manifest)
  execFileSync('npm', ['install', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'ignore',
    timeout: 300_000,
  })
  mkdirSync(framework, { recursive: true })
  writeFileSync(join(framework, 'package.json'), JSON.stringify({ name: '@medusajs/framework', version: medusaVersion, exports: { './utils': './utils.js' } }))
  writeFileSync(join(framework, 'utils.js'), "module.exports = require('@medusajs/utils')\n")
  return folder
}

interface MedusaRule {
  readonly attribute: string
  readonly operator: 'in' | 'gte'
  readonly values: readonly { readonly value: string }[]
}

interface MedusaPromotion {
  readonly code: string
  readonly rules: readonly MedusaRule[]
  readonly application_method: {
    readonly type: 'percentage' | 'fixed'
    readonly value: number
    readonly target_type: 'items' | 'order'
    readonly allocation: 'each' | 'across'
    readonly max_quantity?: number
    readonly target_rules: readonly MedusaRule[]
  }
}

/**
 * One cart through what `computeActions` of its module does after it has read its promotions: the rules of each are tested, its
 * items computed and the amounts made ready. No database. Answers how many adjustments it made.
 */
export function medusaPromotion(folder: string, lines: readonly PlainLine[], promotions: readonly PlainPromotion[]): () => number {
  const load = createRequire(join(folder, 'package.json'))
  const at = (file: string): string => join(folder, 'node_modules/@medusajs/promotion/dist/utils', file)
  const { getComputedActionsForItems } = load(at('compute-actions/line-items.js')) as {
    getComputedActionsForItems(promotion: MedusaPromotion, items: readonly object[], applied: Map<string, unknown>, allocation?: string): readonly object[]
  }
  const { areRulesValidForContext } = load(at('validations/promotion-rule.js')) as {
    areRulesValidForContext(rules: readonly MedusaRule[], context: object, scope: string): boolean
  }
  const { transformPropertiesToBigNumber } = load('@medusajs/utils') as { transformPropertiesToBigNumber(value: object, options: object): void }
  const made = promotions.map(asMedusa)
  return () => {
    const items = lines.map(({ sku, categories, price, qty }, i) => ({
      id: String(i),
      sku,
      categories,
      quantity: qty,
      subtotal: price * qty,
      original_total: price * qty,
      is_discountable: true,
    }))
    const context = { items, item_subtotal: items.reduce((sum, { subtotal }) => sum + subtotal, 0) }
    const applied = new Map<string, unknown>()
    const actions: object[] = []
    for (const promotion of made) {
      if (!areRulesValidForContext(promotion.rules, context, 'order')) continue
      const across = promotion.application_method.target_type === 'order' ? 'across' : undefined
      actions.push(...getComputedActionsForItems(promotion, items, applied, across))
    }
    transformPropertiesToBigNumber(actions, { include: ['amount'] })
    return actions.length
  }
}

function asMedusa({ id, categories, skus, atLeast, kind, value }: PlainPromotion): MedusaPromotion {
  const rule = (attribute: string, operator: MedusaRule['operator'], values: readonly (string | number)[]): MedusaRule => ({
    attribute,
    operator,
    values: values.map((one) => ({ value: String(one) })),
  })
  const whole = kind === 'threshold'
  return {
    code: id,
    rules: whole ? [rule('item_subtotal', 'gte', [atLeast])] : [],
    application_method: {
      type: kind === 'percent' ? 'percentage' : 'fixed',
      value,
      target_type: whole ? 'order' : 'items',
      allocation: whole ? 'across' : 'each',
      ...(whole ? {} : { max_quantity: 1000 }),
      target_rules: categories ? [rule('items.categories', 'in', categories)] : skus ? [rule('items.sku', 'in', skus)] : [],
    },
  }
}
