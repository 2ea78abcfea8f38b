import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import { type Journey, markov } from '@omokit/insights/attribution'
import { type CustomerTotals, rfmThresholds, scoreRfm } from '@omokit/insights/rfm'
import { startPostgres, whyNoPostgres } from '../packages/hub/test/support/postgres'
import { sharedFolder, stop } from '../scripts/repository'

interface Figure {
  readonly id: string
  readonly value: number
  readonly samples: number
  readonly against: string
}

const orders = 1_000_000
const customers = 50_000
const today = 1000
const rounds = 7

/**
 * Markov attribution of the shared path data, and RFM of a million orders: scored from a roll-up of one row a customer, against
 * one SQL statement over the raw orders with the same rule, on one Postgres in turns. Both must give every customer the same
 * scores, or there is no figure.
 */
export async function bench(): Promise<readonly Figure[]> {
  return [markovFigure(), await rfmFigure()]
}

function markovFigure(): Figure {
  const shared = sharedFolder()
  if (!shared) stop('bench insights needs the shared data: set OMOKIT_SHARED', 1)
  const [, ...lines] = gunzipSync(readFileSync(join(shared, 'data', 'pathdata.csv.gz')))
    .toString('utf8')
    .trimEnd()
    .split('\n')
  const journeys = lines.map((line): Journey => {
    const [, path = '', conversions, , nulls] = line.split(',')
    return { path: path.split(' > '), conversions: Number(conversions), nulls: Number(nulls) }
  })
  const runs = 15
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const begun = performance.now()
    const answer = markov(journeys)
    times.push(performance.now() - begun)
    if (!answer.ok) throw new Error(JSON.stringify(answer.issues))
  }
  return {
    id: 'insights.markovMs',
    value: Number(median(times).toFixed(2)),
    samples: runs,
    against: `${journeys.length} rows of paths, the first run ${(times[0] as number).toFixed(1)} ms`,
  }
}

async function rfmFigure(): Promise<Figure> {
  if (whyNoPostgres) throw new Error(whyNoPostgres)
  const postgres = await startPostgres()
  const pool = new pg.Pool({ connectionString: postgres.url, max: 1 })
  pool.on('error', () => undefined)
  try {
    const rows = async (text: string): Promise<readonly Readonly<Record<string, unknown>>[]> => (await pool.query({ name: '', text, values: [] })).rows
    await rows('create table orders (id int primary key, customer int not null, day int not null, amount int not null)')
    // a few customers buy often, many seldom
    await rows(`insert into orders select n, floor(${customers} * power(random(), 2))::int, floor(random() * ${today})::int, 100 + floor(random() * 90000)::int
      from (select setseed(0.5)) seed, generate_series(1, ${orders}) n`)
    await rows(`create table roll_ups as select customer, max(day) as last_day, count(*)::int as orders, sum(amount) as amount from orders group by customer`)
    await rows('create unique index on roll_ups (customer)')
    await rows('vacuum analyze orders')
    await rows('vacuum analyze roll_ups')

    const fromRaw = async (): Promise<Map<string, string>> => new Map((await rows(rawSql)).map(({ customer, r, f, m }) => [String(customer), `${r}${f}${m}`]))
    const fromRollUps = async (): Promise<Map<string, string>> => {
      const totals = (await rows(`select customer, ${today} - last_day as recency, orders, amount from roll_ups`)).map(
        ({ customer, recency, orders: frequency, amount: monetary }): CustomerTotals => ({
          customer: String(customer),
          recency: Number(recency),
          frequency: Number(frequency),
          monetary: Number(monetary),
        }),
      )
      const thresholds = rfmThresholds(totals)
      const scored = thresholds.ok ? scoreRfm(totals, thresholds.value) : thresholds
      if (!scored.ok) throw new Error(JSON.stringify(scored.issues))
      return new Map(scored.value.map(({ customer, r, f, m }) => [customer, `${r}${f}${m}`]))
    }
    const same = await fromRaw()
    const own = await fromRollUps()
    if (same.size !== own.size || [...same].some(([customer, scores]) => own.get(customer) !== scores)) throw new Error('SQL and TypeScript score differently')
    const ratios: number[] = []
    const spent = { raw: [] as number[], rolled: [] as number[] }
    for (let round = 0; round < rounds; round++) {
      spent.raw.push(await timed(fromRaw))
      spent.rolled.push(await timed(fromRollUps))
      ratios.push((spent.rolled[round] as number) / (spent.raw[round] as number))
    }
    return {
      id: 'insights.rfmRatio',
      value: Number(median(ratios).toFixed(4)),
      samples: rounds,
      against: `one SQL statement over ${orders} raw orders of ${same.size} customers ${median(spent.raw).toFixed(0)} ms; from roll-ups ${median(spent.rolled).toFixed(0)} ms`,
    }
  } finally {
    await pool.end()
    await postgres.close()
  }
}

/** The same rule in SQL: percentile_cont is type 7, and a threshold that is reached counts. */
const rawSql = `with totals as (
    select customer, ${today} - max(day) as recency, count(*) as frequency, sum(amount) as monetary from orders group by customer
  ), marks as (
    select percentile_cont(array[0.2, 0.4, 0.6, 0.8]) within group (order by recency) as recency,
      percentile_cont(array[0.2, 0.4, 0.6, 0.8]) within group (order by frequency) as frequency,
      percentile_cont(array[0.2, 0.4, 0.6, 0.8]) within group (order by monetary) as monetary from totals
  )
  select customer, 5 - ${reached('recency', 1)} as r, 1 + ${reached('frequency', 1)} as f, 1 + ${reached('monetary', 100)} as m from totals t, marks`

function reached(name: string, unit: number): string {
  return `(${[1, 2, 3, 4].map((k) => `(t.${name} >= marks.${name}[${k}] + ${unit} - 1e-7)::int`).join(' + ')})`
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await run()
  return performance.now() - begun
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}
