import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publishBooks, type StartedHub, startHub } from '@omokit/cli'
import { createNodePorts } from '@omokit/core/node'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { root } from '../../scripts/repository'
import { codeBlocks } from './code-blocks'

const rule = { kind: 'coupon', when: [{ type: 'subtotalAtLeast', amount: 10_000 }], effects: [{ type: 'amountOff', per: 'order', amount: 2000 }] }
let hub: StartedHub
let folder: string

beforeAll(async () => {
  // inside the repository, so that the packages are found
  folder = mkdtempSync(join(root, 'test', 'docs', '.run-'))
  hub = await startHub({ brand: 'demo', stores: ['0001'] })
  const { net } = createNodePorts({ brand: 'demo', dir: join(folder, 'office') })
  const now = Math.floor(Date.now() / 1000)
  const done = await publishBooks({
    net, hub: hub.url, key: hub.keys.secret, signingKey: hub.signingKey,
    draft: {
      brand: 'demo', validFrom: now, refreshAfter: now + 3600, expiresAt: now + 86_400, options: { currency: 'CNY' },
      books: { 'price/base': [['TEA006', 8800]], 'rules/base': [['WELCOME20', JSON.stringify(rule)]] },
    },
  })
  expect(done.ok).toBe(true)
  await ask('PUT', '/v1/coupons/WELCOME20', { name: 'Welcome', rule: 'WELCOME20', total: 100 })
})

afterAll(async () => {
  await hub.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A page is followed from its first block to its last, as a reader would. */
describe('the quick starts do what they say', () => {
  it('web: first event, first quote, first coupon', async () => {
    // receipt, session, view; then the link of the login
    const [pending, pay, applied, rejected, held] = await follow('quick-start-web', { token: await token('m-1001') })
    expect([pending, await stored()]).toEqual([0, 4])
    expect([pay, applied, rejected]).toEqual([17_600, [], []])
    expect(held).toBeGreaterThan(Date.now())
  })

  it('till page: first event, first receipt, first redemption', async () => {
    const before = await stored()
    await claim('m-1002')
    const { codes } = (await ask('POST', '/v1/members/code', { member: 'm-1002' })) as { readonly codes: readonly { readonly code: string }[] }
    const [pending, receipt, redeemed] = await follow('quick-start-till', { code: codes[0]?.code })
    expect([pending, await stored()]).toEqual([0, before + 4])
    expect(receipt).toEqual(['0001-1-1', 17_600, expect.stringMatching(/^[\w-]{43}$/)])
    expect(redeemed).toMatchObject({ coupon: 'WELCOME20', order: 'A-0002', offline: false })
  })

  it('server and till process: first event, first quote, first redemption', async () => {
    const before = await stored()
    const { item } = await claim('m-1001', '2')
    const [pending, pay, applied, rejected, state, version, release] = await follow('quick-start-node', { item })
    expect([pending, await stored()]).toEqual([0, before + 2])
    expect([pay, applied, rejected]).toEqual([17_600, [], []])
    expect([state, version, release]).toEqual(['redeemed', 1, 'fresh'])
  })
})

async function ask(method: 'PUT' | 'POST', path: string, body: unknown): Promise<unknown> {
  const answer = await fetch(hub.url + path, { method, headers: { authorization: `Bearer ${hub.keys.secret}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })
  expect(answer.status).toBe(200)
  return answer.json()
}

/** Facts the hub has. */
async function stored(): Promise<number> {
  const answer = await fetch(`${hub.url}/v1/reports/streams`, { headers: { authorization: `Bearer ${hub.keys.secret}` } })
  return ((await answer.json()) as { readonly totals: { readonly stored: number } }).totals.stored
}

const token = async (member: string): Promise<unknown> => ((await ask('POST', '/v1/members/token', { member })) as { readonly token: string }).token

async function claim(member: string, occasion = '1'): Promise<{ readonly item: string }> {
  const key = Buffer.from(`${member} ${occasion}`.padEnd(32)).toString('base64url')
  const answer = (await ask('POST', '/v1/commands', { key, operation: 'claim', payload: { coupon: 'WELCOME20', member } })) as { readonly value: { readonly item: string } }
  return answer.value
}

/** Where the pages name a runtime that this process is not, the same preset on ports that it has. */
const stands: Readonly<Record<string, string>> = {
  'quick-start-web': `import { createMemoryPorts } from '@omokit/core/memory'
import { createNodePorts } from '@omokit/core/node'
import { createOmokit as onPorts } from 'omokit'
const { net, crypto } = createNodePorts({ brand: 'demo', dir: 'FOLDER' })
const createOmokit = ({ brand, ...options }) => onPorts({ ...options, ports: createMemoryPorts({ brand, net: { send: net.send }, crypto }) })`,
  'quick-start-till': `import { createTill } from 'omokit/node'
const createOmokit = (options) => createTill({ ...options, dir: 'FOLDER' })`,
}

async function follow(page: string, values: Readonly<Record<string, unknown>>): Promise<readonly unknown[]> {
  let code = codeBlocks(`docs/en/guide/${page}.md`).map((block) => block.code).join('\n')
  const stand = stands[page]
  if (stand) code = code.replace(/^import \{ createOmokit \} from .*$/m, stand)
  const own = { 'http://127.0.0.1:8787': hub.url, 'pk_test_demo_…': hub.keys.publishable, 'tk_test_demo_…': hub.keys.terminals['0001'] ?? '', 'sk_test_demo_…': hub.keys.secret, 'RELEASE-KEY': hub.signingKey.publicKey, 'HUB-KEY': hub.hubKey.publicKey, FOLDER: join(folder, page), './omokit-data': join(folder, page), './till-1': join(folder, 'till-1') }
  for (const [shown, real] of Object.entries(own)) code = code.replaceAll(shown, real)
  // what a block declares for the compiler is what the block above made; the keys stand once for two programs
  code = code.replace(/^(declare const|import type) .*$/gm, '').replace(/(const keys = [^\n]*\n)([\s\S]*)\1/, '$1$2')
  const file = join(folder, `${page}.ts`)
  writeFileSync(file, `${code}\nexport const used = [typeof shop === 'undefined' ? undefined : shop, typeof till === 'undefined' ? undefined : till]\n`)
  for (const [name, value] of Object.entries(values)) vi.stubGlobal(name, value)
  const shown: unknown[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((...printed: unknown[]) => void shown.push(...printed))
  try {
    const { used } = (await import(file)) as { readonly used: readonly ({ stop(): Promise<void>; flush(): Promise<unknown> } | undefined)[] }
    for (const each of used) {
      await each?.flush()
      await each?.stop()
    }
  } finally {
    log.mockRestore()
    vi.unstubAllGlobals()
  }
  return shown
}
