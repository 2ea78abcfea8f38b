import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { publishBooks, type StartedHub, startHub } from '@omokit/cli'
import { createNodePorts } from '@omokit/core/node'
import { fillStoreFolder } from '../../packages/hub/test/support/memory-store'
import { root } from '../../scripts/repository'
import { codeBlocks } from './code-blocks'

/** The shop that the quick starts talk to: a hub, a first release, a coupon. */
export interface QuickStartShop {
  readonly hub: StartedHub
  /** Inside the repository, so that what runs there finds the packages. */
  readonly folder: string
  token(member: string): Promise<string>
  claim(member: string, occasion?: string): Promise<{ readonly item: string }>
  memberCode(member: string): Promise<string>
  /** Facts the hub has. */
  stored(): Promise<number>
  /** Ends the hub and removes the folder. */
  close(): Promise<void>
}

const rule = { kind: 'coupon', when: [{ type: 'subtotalAtLeast', amount: 10_000 }], effects: [{ type: 'amountOff', per: 'order', amount: 2000 }] }

export async function startQuickStartShop(): Promise<QuickStartShop> {
  const folder = mkdtempSync(join(root, 'test', 'docs', '.run-'))
  const dir = join(folder, 'hub')
  await fillStoreFolder(join(dir, 'pglite'))
  const hub = await startHub({ brand: 'demo', stores: ['0001'], dir })
  const { net } = createNodePorts({ brand: 'demo', dir: join(folder, 'office') })
  const now = Math.floor(Date.now() / 1000)
  const published = await publishBooks({
    net,
    hub: hub.url,
    key: hub.keys.secret,
    signingKey: hub.signingKey,
    draft: {
      brand: 'demo',
      validFrom: now,
      refreshAfter: now + 3600,
      expiresAt: now + 86_400,
      options: { currency: 'CNY' },
      books: { 'price/base': [['TEA006', 8800]], 'rules/base': [['WELCOME20', JSON.stringify(rule)]] },
    },
  })
  if (!published.ok) throw new Error(JSON.stringify(published.issues))
  const ask = async (method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const headers = { authorization: `Bearer ${hub.keys.secret}`, 'content-type': 'application/json' }
    const answer = await fetch(hub.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Record<string, unknown>
  }
  await ask('PUT', '/v1/coupons/WELCOME20', { name: 'Welcome', rule: 'WELCOME20', total: 100 })
  return {
    hub,
    folder,
    async close() {
      await hub.close()
      rmSync(folder, { recursive: true, force: true })
    },
    token: async (member) => (await ask('POST', '/v1/members/token', { member }))['token'] as string,
    async claim(member, occasion = '1') {
      const key = Buffer.from(`${member} ${occasion}`.padEnd(32)).toString('base64url')
      return (await ask('POST', '/v1/commands', { key, operation: 'claim', payload: { coupon: 'WELCOME20', member } }))['value'] as { readonly item: string }
    },
    async memberCode(member) {
      const [first] = (await ask('POST', '/v1/members/code', { member }))['codes'] as readonly { readonly code: string }[]
      return first?.code ?? ''
    },
    stored: async () => ((await ask('GET', '/v1/reports/streams'))['totals'] as { readonly stored: number }).stored,
  }
}

/** Code of a page with the address, keys and folders of a shop that runs in place of those it shows. */
export function withReal(code: string, { hub, folder }: QuickStartShop, page: string): string {
  const { url, keys, signingKey, hubKey } = hub
  const own: Readonly<Record<string, string>> = {
    'http://127.0.0.1:8787': url,
    'pk_test_demo_…': keys.publishable,
    'tk_test_demo_…': keys.terminals['0001'] ?? '',
    'sk_test_demo_…': keys.secret,
    'RELEASE-KEY': signingKey.publicKey,
    'HUB-KEY': hubKey.publicKey,
    './omokit-data': join(folder, page),
    './till-1': join(folder, 'till-1'),
  }
  let real = code
  for (const [shown, it] of Object.entries(own)) real = real.replaceAll(shown, it)
  return real
}

/** The blocks of a quick start one after the other, for a shop that runs, as one program: its imports and the rest. */
export function programOf(page: string, shop: QuickStartShop): { readonly imports: string; readonly body: string } {
  const shown = codeBlocks(`docs/en/guide/${page}.md`)
    .map((block) => block.code)
    .join('\n')
  let code = withReal(shown, shop, page)
  // what a block declares for the compiler is what the block above made; the keys stand once for two programs
  code = code.replace(/^(declare const|import type) .*$/gm, '').replace(/(const keys = [^\n]*\n)([\s\S]*)\1/, '$1$2')
  const lines = code.split('\n')
  return { imports: lines.filter((line) => line.startsWith('import ')).join('\n'), body: lines.filter((line) => !line.startsWith('import ')).join('\n') }
}
