import { createHub, createKey, openStore, processEffects, serve } from '@omokit/hub'
import { startPostgres, whyNoPostgres } from '../packages/hub/test/support/postgres'
import pg from 'pg'

type Pool = InstanceType<typeof pg.Pool>

interface Figure {
  readonly id: string
  readonly value: number
  readonly samples: number
  readonly against: string
}

const batch = 500
const batches = 40
const rounds = 5
const clients = 4

/** Facts per second through the whole hub over HTTP, beside the same rows put into a plain table in the same batches. */
export async function bench(): Promise<Figure[]> {
  if (whyNoPostgres) throw new Error(whyNoPostgres)
  const postgres = await startPostgres({ durable: true })
  const store = await openStore({ databaseUrl: postgres.url })
  const free = { perSecond: 1e9, burst: 1e9 }
  const served = await serve(createHub({ store, mode: 'live', limits: { perKey: free, perBrand: free } }))
  const pool = new pg.Pool({ connectionString: postgres.url, max: clients })
  try {
    const made = await createKey(store, processEffects, { brand: 'bench', kind: 'publishable', mode: 'test' })
    if (!made.ok) throw new Error('no key')
    await query(
      pool,
      `create table bare (brand text not null, bucket smallint not null, stream text not null, seq bigint not null, received_day date not null,
      received_at bigint not null, lane text not null, kind text not null, at bigint not null, corrected_at bigint, store_id text, flags text not null, hash text not null,
      prev text, key_hash text not null, text text not null, primary key (brand, bucket, stream, seq, received_day))`,
    )
    const ratios: number[] = []
    for (let round = 0; round <= rounds; round++) {
      const hub = await timed((n) => throughHub(served.url, made.value.key, `r${round}-${n}`))
      const bare = await timed((n) => straight(pool, `r${round}-${n}`))
      // the first round warms both up
      if (round) ratios.push(bare / hub)
    }
    ratios.sort((a, b) => a - b)
    return [
      {
        id: 'ingest.ratio',
        value: ratios[Math.floor(ratios.length / 2)] as number,
        samples: ratios.length,
        against: 'the same rows by batched insert into a plain table',
      },
    ]
  } finally {
    await pool.end()
    await served.close()
    await store.close()
    await postgres.close()
  }
}

/** Milliseconds for all batches with a few clients at once, each with a stream of its own. */
async function timed(run: (client: number) => Promise<void>): Promise<number> {
  const start = performance.now()
  await Promise.all(Array.from({ length: clients }, (_, n) => run(n)))
  return performance.now() - start
}

const body = (seq: number): string =>
  `"kind":"Product Viewed","at":${1_795_320_000_000 + seq},"tz":480,"mono":${seq},"src":"server","offset":12,"place":{"channel":"web","storeId":"0042"},` +
  `"consent":["analytics"],"body":{"anonId":"k3jf83jd83jf83jd","sku":"69010000${10_000 + seq}","name":"可口可乐 330ml","price":350,"currency":"CNY","list":"spring","position":${seq % 40}}`

async function throughHub(url: string, key: string, stream: string): Promise<void> {
  for (let n = 0; n < batches; n++) {
    const facts = Array.from({ length: batch }, (_, i) => `{"seq":${n * batch + i + 1},${body(n * batch + i + 1)}}`)
    const text = `{"stream":"${stream}","lane":"observe","sent_at":${Date.now()},"head":${batch * batches},"facts":[${facts.join(',')}]}`
    const answer = await fetch(`${url}/v1/facts`, { method: 'POST', body: text, headers: { authorization: `Bearer ${key}` } })
    const { through } = (await answer.json()) as { through: number }
    if (through !== (n + 1) * batch) throw new Error(`the hub settled ${through}`)
  }
}

async function straight(pool: Pool, stream: string): Promise<void> {
  for (let n = 0; n < batches; n++) {
    const rows = Array.from({ length: batch }, (_, i) => n * batch + i + 1)
    await query(
      pool,
      `insert into bare (brand, bucket, stream, received_day, received_at, lane, key_hash, seq, kind, at, corrected_at, store_id, flags, hash, text)
        select 'bench', 7, $1, $2::date, $3::bigint, 'observe', $4, f.seq, 'Product Viewed', f.at, f.at, '0042', '', $5, f.text from unnest($6::bigint[], $7::bigint[], $8::text[]) as f(seq, at, text)`,
      [
        stream,
        '2026-11-22',
        Date.now(),
        'k'.repeat(64),
        'h'.repeat(43),
        rows,
        rows.map((seq) => 1_795_320_000_000 + seq),
        rows.map((seq) => `{"seq":${seq},${body(seq)}}`),
      ],
    )
  }
}

let names = 0
const named = new Map<string, string>()

function query(pool: Pool, text: string, values: readonly unknown[] = []): Promise<unknown> {
  const name = named.get(text) ?? `bench-${++names}`
  named.set(text, name)
  return pool.query({ name, text, values })
}
