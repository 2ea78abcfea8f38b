import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { conversionDrop, cusum, ewmaChart } from '@omokit/insights/alerts'
import { attribute, type AttributionModel, type Journey, markov, shapley, touchShares } from '@omokit/insights/attribution'
import {
  type BgNbd,
  bgNbdAlive,
  bgNbdChance,
  bgNbdExpected,
  bgNbdFuture,
  expectedSpend,
  fitBgNbd,
  paretoNbdAlive,
  paretoNbdExpected,
  paretoNbdFuture,
  type PurchaseHistory,
  repeatRate,
} from '@omokit/insights/clv'
import {
  type Arm,
  betaBinomial,
  correctPValues,
  cuped,
  equalProportions,
  newcombe,
  powerMeans,
  powerProportions,
  sampleRatio,
  sizeMeans,
  sizeProportions,
  summarise,
  twoProportions,
  welch,
  type WelchTest,
  wilson,
} from '@omokit/insights/experiments'
import { orderedFunnel } from '@omokit/insights/funnel'
import { kFactor, netPromoterScore } from '@omokit/insights/growth'
import { priceConsistency } from '@omokit/insights/parity'
import { type CustomerTotals, customerTotals, orderCounts, rfmCells, rfmHeatmap, rfmSegments, rfmThresholds, scoreRfm } from '@omokit/insights/rfm'
import type { RfmThresholds, ScoredCustomer } from '@omokit/insights/rfm'
import { channelRoi } from '@omokit/insights/roi'
import type { Result } from '@omokit/insights'

// biome-ignore lint/suspicious/noExplicitAny: a case is outside data, and its fields differ from function to function
type Input = any
type Rows = readonly Readonly<Record<string, string>>[]

interface Case {
  readonly id: string
  readonly fn: string
  readonly input: Input
  readonly expected: unknown
  readonly tolerance?: Readonly<Record<string, number>>
}

/** Runs a file of insight cases; data sets lie below the folder above the file's. */
export function run(file: string): { passed: number; failed: number; lines: string[] } {
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] }
  const data = join(dirname(file), '..')
  const lines: string[] = []
  for (const { id, fn, input, expected, tolerance = {} } of cases) {
    const answer = functions[fn]
    try {
      if (!answer) throw new Error(`no function "${fn}"`)
      const found = answer(input, () => readRows(join(data, input.dataset)))
      const wrong = differences(found, expected, tolerance)
      if (wrong.length) lines.push(`${id}:${wrong.map((line) => `\n  ${line}`).join('')}`)
    } catch (error) {
      lines.push(`${id}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { passed: cases.length - lines.length, failed: lines.length, lines }
}

/** Where an answer misses what is expected: further fields of the answer are free. */
export function differences(found: unknown, expected: unknown, tolerance: Readonly<Record<string, number>>, path = '', named?: number): string[] {
  const at = path || 'answer'
  if (typeof expected === 'number') {
    const limit = named ?? tolerance['abs'] ?? (tolerance['rel'] ?? 0) * Math.abs(expected)
    return typeof found === 'number' && Math.abs(found - expected) <= limit ? [] : [`${at}: got ${String(found)}, wanted ${expected} ± ${limit}`]
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length) return [`${at}: got ${JSON.stringify(found)}, wanted ${expected.length} elements`]
    return expected.flatMap((each, i) => differences(found[i], each, tolerance, `${path}.${i}`, named))
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof found !== 'object' || found === null) return [`${at}: got ${JSON.stringify(found)}, wanted an object`]
    const own = new Map(Object.entries(found))
    return Object.entries(expected).flatMap(([key, each]) => differences(own.get(key), each, tolerance, `${path}.${key}`, tolerance[`abs_${key}`] ?? named))
  }
  return found === expected ? [] : [`${at}: got ${JSON.stringify(found)}, wanted ${JSON.stringify(expected)}`]
}

const functions: Readonly<Record<string, (input: Input, rows: () => Rows) => unknown>> = {
  heuristic: (input, rows) => {
    const credits = value(attribute(journeysOf(rows(), input.separator), { kind: input.model }))
    return byName(credits, 'channel', ({ conversions, value: credit }) => ({ conversions, value: credit / millionths }))
  },
  markov_order1: (input, rows) => {
    const { base, channels } = value(markov(journeysOf(rows(), input.separator), { nulls: input.use_null_paths }))
    return {
      base_conversion_probability: base,
      removal_effect: byName(channels, 'channel', ({ removalEffect }) => removalEffect),
      conversions: byName(channels, 'channel', ({ conversions }) => conversions),
    }
  },
  position_based: ({ path, paths, value: money, first, last }) => {
    const model: AttributionModel = { kind: 'position', first, last }
    const credit = (touches: readonly string[]): Record<string, number> => {
      const shares = value(touchShares(touches.length, model))
      const channels = new Map<string, number>()
      for (const [i, channel] of touches.entries()) channels.set(channel, (channels.get(channel) ?? 0) + money * (shares[i] as number))
      return Object.fromEntries(channels)
    }
    return paths ? paths.map(credit) : credit(path)
  },
  time_decay: ({ touch_age_days: ages, value: money, half_life_days: halfLife }) =>
    value(
      touchShares(
        ages.map((age: number) => age * day),
        { kind: 'decay', halfLifeMs: halfLife * day },
      ),
    ).map((share) => money * share),
  shapley: ({ players, v }) => {
    const worths = new Map<string, number>(Object.entries(v))
    return value(shapley(players, (coalition) => worths.get(coalition.join(',')) ?? 0))
  },

  rfm_raw: (input, rows) => {
    const known = new Map(totalsOf(rows(), input.analysis_date).map((one) => [one.customer, one]))
    return Object.fromEntries(
      (input.customers as readonly string[]).flatMap((id) => {
        const one = known.get(String(id))
        return one ? [[id, { recency: one.recency, frequency: one.frequency, monetary: one.monetary / cents }]] : []
      }),
    )
  },
  rfm_thresholds: (input, rows) => {
    const { recency, frequency, monetary } = value(rfmThresholds(totalsOf(rows(), input.analysis_date), cents))
    return { recency, frequency, monetary: monetary.map((each) => each / cents) }
  },
  rfm_table: (input, rows) => rfmTable(scored(totalsOf(rows(), input.analysis_date), input)),
  rfm_table_customer: (input, rows) =>
    rfmTable(
      scored(
        rows().map((row, i) => ({
          customer: row['customer_id'] ?? String(i),
          recency: Number(row['recency_days']),
          frequency: Number(row['number_of_orders']),
          monetary: hundredths(row['revenue']),
        })),
        input,
      ),
    ),
  rfm_segment_summary: (input, rows) =>
    byName(
      value(rfmSegments(scored(totalsOf(rows(), input.analysis_date), {}), input.segments_first_match_wins, input.otherwise)),
      'segment',
      ({ customers, orders, revenue }) => ({ customers, orders, revenue: revenue / cents }),
    ),
  mean_monetary_by_frequency_recency: (input, rows) =>
    Object.fromEntries(rfmHeatmap(scored(totalsOf(rows(), input.analysis_date), {})).map(({ f, r, meanMonetary }) => [`F${f}R${r}`, meanMonetary / cents])),
  order_count_distribution: (_, rows) => {
    const { customers, orders, byOrders } = orderCounts(totalsOf(rows(), '1970-01-01'))
    return { customers, orders, by_orders: Object.fromEntries(byOrders.map((row) => [row.orders, row.customers])) }
  },
  totals: (_, rows) => {
    const { customers, orders, revenue } = orderCounts(totalsOf(rows(), '1970-01-01'))
    return { customers, invoices: orders, revenue_gbp: revenue / cents }
  },

  bgnbd_fit: (_, rows) => {
    const fit = value(fitBgNbd(rows().map((row) => ({ repeats: Number(row['frequency']), last: Number(row['recency']), age: Number(row['T']) }))))
    return { r: fit.r, alpha: fit.alpha, a: fit.a, b: fit.b, log_likelihood: fit.logLikelihood }
  },
  bgnbd_expected: ({ params, t }) => each(t, (time) => value(bgNbdExpected(params, time))),
  bgnbd_p_alive: ({ params, ...input }) => value(bgNbdAlive(params, historyOf(input))),
  bgnbd_conditional_expected: ({ params, t, ...input }) => each(t, (time) => value(bgNbdFuture(params, historyOf(input), time))),
  bgnbd_pmf: ({ params, t, n }) => each(t, (time) => each(n, (repeats) => value(bgNbdChance(params as BgNbd, time, repeats)))),
  pnbd_expected: ({ params, t }) => each(t, (time) => value(paretoNbdExpected(params, time))),
  pnbd_p_alive: ({ params, ...input }) => value(paretoNbdAlive(params, historyOf(input))),
  pnbd_conditional_expected: ({ params, t, ...input }) => each(t, (time) => value(paretoNbdFuture(params, historyOf(input), time))),
  gamma_gamma_expected_spend: ({ params, customers }) => customers.map((one: Input) => value(expectedSpend(params, one.x, one.mean_value))),
  repeat_purchase_rate: (_, rows) => {
    const { customers, noRepeat, rate } = value(repeatRate(rows().map((row) => Number(row['frequency']))))
    return { customers, no_repeat: noRepeat, repeat_rate: rate }
  },

  two_proportion_z: ({ x, n, pooled }) => value(twoProportions(arm(x, n, 0), arm(x, n, 1), { pooled })),
  two_proportion_chi2: ({ x, n, continuity }) => value(equalProportions([arm(x, n, 0), arm(x, n, 1)], { continuity })),
  k_proportion_chi2: ({ x, n, continuity }) =>
    value(
      equalProportions(
        x.map((_: number, i: number) => arm(x, n, i)),
        { continuity },
      ),
    ),
  welch_t: ({ a, b }) => {
    const test = value(welch(value(summarise(b)), value(summarise(a))))
    return { t: test.t, df: test.df, p: test.p, ci95: test.interval }
  },
  welch_t_summary: (input) => {
    const test = welchOf(input, false)
    return { diff: test.difference, p: test.p, ci95: test.interval }
  },
  welch_t_summary_relative: (input) => {
    const test = welchOf(input, true)
    return { lift: test.difference, se: test.error, p: test.p, ci95: test.interval }
  },
  beta_binomial: ({ x, n, prior, prior_a: priorA = prior, prior_b: priorB = prior }) => {
    const { chanceToWin, lift, riskShipB, riskKeepA } = value(betaBinomial(arm(x, n, 0), arm(x, n, 1), priorA, priorB))
    return { chance_to_win: chanceToWin, lift, risk_ship_b: riskShipB, risk_keep_a: riskKeepA }
  },
  srm_chi2: ({ observed, weights }) => {
    const { chi2, p, alarm } = value(sampleRatio(observed, weights, { alarmAt: 0.001 }))
    return { chi2, p, 'alarm_at_0.001': alarm }
  },
  power_two_proportions: ({ p, n_per_arm: perArm, alpha }) => value(powerProportions({ rates: p, alpha }, perArm)),
  sample_size_two_proportions: ({ p, power, alpha }) => value(sizeProportions({ rates: p, alpha }, power)),
  power_two_means: ({ delta, sd, n_per_arm: perArm, alpha }) => value(powerMeans({ difference: delta, sd, alpha }, perArm)),
  sample_size_two_means: ({ delta, sd, power, alpha }) => value(sizeMeans({ difference: delta, sd, alpha }, power)),
  benjamini_hochberg: ({ p, q }) => {
    const { rejected, adjusted, bonferroniRejected } = value(correctPValues(p, q))
    return { rejected, adjusted, bonferroni_rejected: bonferroniRejected }
  },
  wilson_ci: ({ x, n, level }) => value(wilson({ successes: x, trials: n }, level)),
  newcombe_diff_ci: ({ x, n, level }) => {
    const { difference, interval } = value(newcombe(arm(x, n, 0), arm(x, n, 1), level))
    return { diff: difference, ci: interval }
  },
  cuped: ({ pre, post, arm: arms }) => {
    const units = pre.map((before: number, i: number) => ({ before, after: post[i], arm: arms[i] }))
    const { theta, raw, adjusted, varianceRatio } = value(cuped(units))
    return { theta, diff_raw: raw, diff_adjusted: adjusted, variance_ratio: varianceRatio }
  },

  ewma_chart: ({ x, start, lambda, sigma, k }) => {
    const { ewma, upperLimit, lowerLimit, alarms } = value(ewmaChart(x, { start, lambda, sigma, k }))
    return { ewma, ucl: upperLimit, lcl: lowerLimit, alarms }
  },
  tabular_cusum: ({ x, target, K, H }) => {
    const { upper, lower, alarms } = value(cusum(x, { target, slack: K, limit: H }))
    return { upper, lower, alarms, first_alarm_index: alarms[0] ?? null }
  },
  conversion_drop: ({ baseline, windows, threshold, min_visits: minVisits, max_p: maxP }) => {
    const texts = {
      'too-few-visits': 'too few visits',
      'above-threshold': 'above threshold',
      'not-significant': `p > ${JSON.stringify(maxP)}`,
      drop: `drop and p <= ${JSON.stringify(maxP)}`,
    }
    const verdicts = conversionDrop(
      baseline,
      windows.map(({ c, v }: Input) => ({ conversions: c, visits: v })),
      { threshold, minVisits, maxP },
    )
    return value(verdicts).map(({ change, alarm, why }) => ({ change, alarm, why: texts[why] }))
  },

  nps: ({ scores }) => value(netPromoterScore(scores)),
  k_factor: ({ customers, invites, accepted_new_customers: accepted }) => {
    const { invitesPerCustomer, acceptance, k, amplificationLimit } = value(kFactor({ customers, invites, accepted }))
    return { invites_per_customer: invitesPerCustomer, acceptance, k, amplification_limit: amplificationLimit }
  },
  price_consistency: ({ pairs, tolerance }) => {
    const articles = pairs.map(({ sku, prices_fen: prices }: Input) => ({
      sku,
      prices: Object.entries(prices as Record<string, number>).map(([channel, price]) => ({ channel, price })),
    }))
    const { spread, inconsistent, score } = value(priceConsistency(articles, tolerance))
    return { spread: byName(spread, 'sku', (one) => one.spread), inconsistent, consistency_score: score }
  },
  channel_roi: ({ channels }) => {
    const rows = channels.map(({ id, revenue, margin, spend }: Input) => ({
      channel: id,
      revenue: Math.round(revenue * millionths),
      margin,
      spend: Math.round(spend * millionths),
    }))
    return byName(value(channelRoi(rows)), 'channel', ({ roas, roi }) => ({ roas, roi }))
  },
  ordered_funnel: ({ steps, window_seconds: seconds, events }) => {
    const happened = events.map(({ user, event, channel, t }: Input) => ({ person: user, kind: event, channel, at: Math.round(t * 1000) }))
    const { reached, rates, crossChannel } = orderedFunnel(happened, { steps, windowMs: Math.round(seconds * 1000) })
    return { reached, conversion: rates, cross_channel_completions: crossChannel }
  },
}

const day = 86_400_000
const cents = 100
const millionths = 1_000_000

/** The value, or an error that says what was refused. */
function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.issues))
  return result.value
}

/** A parameter that may be a list gives a list of answers. */
const each = <T>(one: number | readonly number[], answer: (one: number) => T): T | T[] => (typeof one === 'number' ? answer(one) : one.map(answer))

const byName = <Row extends object, T>(rows: readonly Row[], name: keyof Row, shown: (row: Row) => T): Record<string, T> =>
  Object.fromEntries(rows.map((row) => [row[name], shown(row)]))

const arm = (x: readonly number[], n: readonly number[], i: number): Arm => ({ successes: x[i] as number, trials: n[i] as number })

const historyOf = ({ x, t_x: last, T: age }: Input): PurchaseHistory => ({ repeats: x, last, age })

const hundredths = (money: string | undefined): number => Math.round(Number(money) * cents)

function welchOf({ mean, sd, n }: Input, relative: boolean): WelchTest {
  const summary = (i: number): { mean: number; sd: number; n: number } => ({ mean: mean[i], sd: sd[i], n: n[i] })
  return value(welch(summary(0), summary(1), { relative }))
}

/** Journeys of a file. Its money carries binary noise (3.1950000000000003), so it has no smallest unit: millionths are taken. */
function journeysOf(rows: Rows, separator: string): readonly Journey[] {
  return rows.map((row) => ({
    path: (row['path'] ?? '').split(separator).map((touch) => touch.trim()),
    conversions: Number(row['total_conversions']),
    value: Math.round(Number(row['total_conversion_value'] ?? 0) * millionths),
    nulls: Number(row['total_null'] ?? 0),
  }))
}

function totalsOf(rows: Rows, today: string): readonly CustomerTotals[] {
  const dayOf = (text: string | undefined): number => Date.parse((text ?? '').slice(0, 10)) / day
  const orders = rows.map((row) => ({
    customer: row['customer_id'] ?? '',
    day: dayOf(row['order_date'] ?? row['invoice_date'] ?? row['date']),
    amount: hundredths(row['revenue'] ?? row['total_gbp'] ?? row['amount_usd']),
  }))
  return value(customerTotals(orders, dayOf(today)))
}

function scored(
  customers: readonly CustomerTotals[],
  { recency_bins: recency, frequency_bins: frequency, monetary_bins: monetary }: Input,
): readonly ScoredCustomer[] {
  const own = value(rfmThresholds(customers, cents))
  const thresholds: RfmThresholds = {
    recency: recency ?? own.recency,
    frequency: frequency ?? own.frequency,
    monetary: monetary?.map((bin: number) => bin * cents) ?? own.monetary,
  }
  return value(scoreRfm(customers, thresholds))
}

function rfmTable(customers: readonly ScoredCustomer[]): Record<string, number> {
  const cells = rfmCells(customers)
  const of = (name: string): number => cells.find(({ cell }) => cell === name)?.customers ?? 0
  return {
    customers: customers.length,
    transaction_count_sum: customers.reduce((sum, { frequency }) => sum + frequency, 0),
    customers_555: of('555'),
    customers_111: of('111'),
    distinct_cells: cells.length,
  }
}

/** A gzip CSV with a header row, plain comma-separated. */
function readRows(path: string): Rows {
  const [header = '', ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split(/\r?\n/)
  const names = header.split(',')
  return lines.map((line) => {
    const fields = line.split(',')
    return Object.fromEntries(names.map((name, i) => [name, fields[i] ?? '']))
  })
}
