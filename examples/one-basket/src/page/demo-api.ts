import { refuse } from '@omokit/core'
import type { Basket } from '@omokit/rules'
import type { DemoConfig, DemoState, Repriced, ServerAnswer } from '../demo-config'

/** What only the demonstration's server offers. */
export const demoApi = {
  config: (): Promise<DemoConfig> => ask('config'),
  login: (member: string): Promise<{ readonly token: string; readonly expiresAt: number }> => ask('login', { member }),
  reprice: (sku: string, price: number): Promise<Repriced> => ask('reprice', { sku, price }),
  state: (): Promise<DemoState> => ask('state'),
  /** Never rejects: a server that does not answer is an answer. */
  quote: (basket: Basket): Promise<ServerAnswer> => ask<ServerAnswer>('quote', basket).catch(() => ({ ...refuse('unavailable'), version: 0, state: 'empty' })),
}

async function ask<T>(name: string, body?: unknown): Promise<T> {
  const answer = await fetch(
    `/demo/${name}`,
    body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  )
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}
