import { describe, expect, it } from 'vitest'
import { runLayer } from './layers/run-layer'

const taken = 4 * 1_048_576

describe.each(['wechat', 'alipay'] as const)('two brands in one %s mini-program', (host) => {
  it('lose nothing and send nothing twice over failures, HTTP 500, freezes, kills in the middle of writes and relaunches', async () => {
    const run = await runLayer({ host, seed: 7, facts: 400, taken })
    expect(run).toMatchObject({ lost: 0, pending: 0, twice: 0, foreign: 0, quotaIssues: 0 })
    expect(run.stored).toBeGreaterThan(700)
    for (const fault of ['kills', 'freezes', 'fails', 'serverErrors', 'answersLost'] as const) expect(run[fault]).toBeGreaterThan(0)
    expect(run.peakBytes).toBeGreaterThan(0)
    expect(run.peakBytes + taken).toBeLessThan(10_485_760)
    expect(run.mostInFlight).toBeLessThanOrEqual(4)
  })
})

it('keeps within quota what piles up while nothing gets through', async () => {
  const run = await runLayer({ host: 'alipay', seed: 3, facts: 500, taken, offline: true })
  expect(run).toMatchObject({ lost: 0, pending: 0, twice: 0, foreign: 0, quotaIssues: 0 })
  expect(run.peakBytes).toBeGreaterThan(100_000)
  expect(run.peakBytes + taken).toBeLessThan(10_485_760)
})

it('would see a storage that forgets', async () => {
  expect((await runLayer({ host: 'wechat', seed: 7, facts: 200, taken, forgetful: true })).lost).toBeGreaterThan(0)
})

it('would see a fact that was taken twice', async () => {
  expect((await runLayer({ host: 'alipay', seed: 7, facts: 200, taken, amnesiac: true })).twice).toBeGreaterThan(0)
})
