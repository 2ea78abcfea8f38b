import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FactsResponse } from '@omokit/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fillStoreFolder } from './support/memory-store'
import { batchText, chained, order } from './support/world'

const script = fileURLToPath(new URL('./support/hub-process.ts', import.meta.url))
const brand = 'kill'
const count = 300
let dir: string
let child: ChildProcess | undefined
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'omokit-kill-'))
  await fillStoreFolder(join(dir, 'data'))
})
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(dir, { recursive: true, force: true })
})

interface Started {
  readonly url: string
  readonly key: string
  readonly secret: string
}

async function startHub(): Promise<Started> {
  const started = spawn(process.execPath, ['--import', 'tsx', '--conditions=@omokit/source', script, join(dir, 'data'), brand], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child = started
  let text = ''
  for await (const chunk of started.stdout) {
    text += String(chunk)
    if (text.includes('\n')) break
  }
  return JSON.parse(text) as Started
}

test('the hub is killed with SIGKILL in the middle of ingest: what it acknowledged is there, the rest is taken when sent again', async () => {
  const facts = chained(Array.from({ length: count }, (_, i) => order(`o-${i}`)))
  const send = async (hub: Started, from: number): Promise<FactsResponse> => {
    const body = batchText({ stream: 'till', lane: 'trade', facts: facts.slice(from, from + 20), head: count }, Date.now())
    const answer = await fetch(`${hub.url}/v1/facts`, { method: 'POST', body, headers: { authorization: `Bearer ${hub.key}` } })
    expect(answer.status).toBe(200)
    return (await answer.json()) as FactsResponse
  }

  const first = await startHub()
  const ended = new Promise((resolve) => child?.once('exit', resolve))
  let acked = 0
  try {
    for (let from = 0; from < count; from += 20) {
      const sending = send(first, from)
      // the eleventh batch is on its way when the process dies
      if (from === 200) setTimeout(() => child?.kill('SIGKILL'), 2)
      acked = (await sending).through
    }
  } catch {
    // the connection broke, as it must
  }
  await ended
  expect(acked).toBeGreaterThanOrEqual(200)

  const again = await startHub()
  for (let from = Math.floor(acked / 20) * 20; from < count; from += 20) expect((await send(again, from)).except).toEqual([])
  // everything once more: equal bytes are duplicates, anything else would be a fork, anything missing would be new
  for (let from = 0; from < count; from += 20) expect(await send(again, from)).toMatchObject({ through: count, except: [] })
  const answer = await fetch(`${again.url}/v1/reports/streams`, { headers: { authorization: `Bearer ${again.secret}` } })
  expect(await answer.json()).toMatchObject({ streams: [{ stream: 'till', head: count, through: count, stored: count, forks: 0, gaps: [], missing: 0 }] })
  const found = await fetch(`${again.url}/v1/reports/findings?code=chain-broken`, { headers: { authorization: `Bearer ${again.secret}` } })
  expect(await found.json()).toMatchObject({ findings: [] })
}, 120_000)
