import { createHash } from 'node:crypto'
import { refuse, type Refusal, type Result } from '@omokit/core'
import type { Operation } from '@omokit/core/commands'
import { readInput } from '../http/read-input'
import { bucketOf } from '../store/bucket'
import type { Store } from '../store/store'
import type { Caller } from './caller'
import { canonicalJson } from './canonical-json'
import { commandSchema, commandSchemas, type CommandInputs } from './command-schemas'
import { createHoldMany } from './hold-many'
import { mayNotCommand } from './may-command'
import { type PreparedCommand, prepareCommand, type Preparing } from './prepare-command'

/** Gives commands to the store. */
export interface Commands {
  /** One command: a round trip to the store, its effect and its answer under its key in one transaction. */
  run(caller: Caller, request: unknown): Promise<Result<unknown>>
  /** Many, in order; each has its own key, effect and answer, and a refusal of one changes no other. */
  runAll(caller: Caller, requests: readonly unknown[]): Promise<readonly Result<unknown>[]>
}

/** What {@link createCommands} needs. */
export interface CommandsDeps extends Preparing {
  readonly store: Pick<Store, 'call'>
  readonly now: () => number
}

interface Ready {
  readonly key: string
  readonly hash: string
  readonly operation: Operation
  readonly prepared: PreparedCommand
}

/** Makes {@link Commands}: checks shape and scope, prepares, lets the store decide. */
export function createCommands(deps: CommandsDeps): Commands {
  const { store, now } = deps
  const holdMany = createHoldMany(store)
  // a brand's server asks for coupons by the hundred: the wallet signs a token when somebody wants to show one
  const unsigned: Preparing = { ...deps, context: { effects: deps.context.effects } }

  async function ready(by: Preparing, caller: Caller, request: unknown, fresh: boolean): Promise<Ready | Refusal> {
    const read = readInput(commandSchema, request)
    if (!read.ok) return read
    const { operation } = read.value
    const payload = readInput<(typeof commandSchemas)[Operation]>(commandSchemas[operation], read.value.payload)
    if (!payload.ok) return { ok: false, issues: payload.issues.map((issue) => ({ ...issue, path: issue.path ? `payload.${issue.path}` : 'payload' })) }
    const forbidden = mayNotCommand(caller, operation, payload.value)
    if (forbidden) return forbidden
    const prepare = prepareCommand[operation] as (
      deps: Preparing,
      caller: Caller,
      payload: CommandInputs[Operation],
      now: number,
      fresh: boolean,
    ) => Promise<Result<PreparedCommand>>
    const prepared = await prepare(by, caller, payload.value, now(), fresh)
    if (!prepared.ok) return prepared
    const { key } = read.value
    // keys can be computed by anybody who knows the order: a member's own are kept apart, so that nobody reads another's answer
    const own = caller.key.kind === 'publishable' ? `${caller.member}\n${key}` : key
    return { key: own, hash: sha256(`${operation}\n${canonicalJson(read.value.payload)}`), operation, prepared: prepared.value }
  }

  async function run(by: Preparing, caller: Caller, request: unknown, again: boolean): Promise<Result<unknown>> {
    for (let attempt = 1; ; attempt++) {
      const one = await ready(by, caller, request, again || attempt > 1)
      if ('ok' in one) return one
      const { key, hash, operation, prepared } = one
      const { input, answer } = prepared
      const [brand, time, expected] = [caller.key.brand, now(), JSON.stringify(answer)]
      const other = prepared.single
        ? await holdMany(brand, { bucket: prepared.single.bucket, key, args: [bucketOf(key), key, hash, time, expected, ...prepared.single.rest] })
        : await store.call('omokit_command', [brand, bucketOf(key), key, hash, operation, time, JSON.stringify(input), expected])
      if (other === null) return answer
      if (other !== 'stale') return uniform(caller, JSON.parse(other) as Result<unknown>)
      if (attempt === 5) return refuse('unavailable')
    }
  }

  /** What the store answers instead of what is expected, by place. */
  async function ask(brand: string, ones: readonly Ready[]): Promise<Readonly<Record<number, string | null>>> {
    if (!ones.length) return {}
    if (ones.every(({ operation }) => operation === 'claim'))
      return JSON.parse((await store.call('omokit_claim_many', [brand, now(), claimCalls(ones)])) as string) as Record<number, string>
    const calls = ones.map(({ key, hash, operation, prepared }) => [
      bucketOf(key),
      key,
      hash,
      operation,
      JSON.stringify(prepared.input),
      JSON.stringify(prepared.answer),
    ])
    return JSON.parse((await store.call('omokit_commands', [brand, now(), JSON.stringify(calls)])) as string) as (string | null)[]
  }

  return {
    run: (caller, request) => run(deps, caller, request, false),
    async runAll(caller, requests) {
      const by = caller.key.kind === 'secret' || caller.key.kind === 'staff' ? unsigned : deps
      const ones = await Promise.all(requests.map((request) => ready(by, caller, request, false)))
      const others = await ask(
        caller.key.brand,
        ones.filter((one): one is Ready => !('ok' in one)),
      )
      const results: Result<unknown>[] = []
      let next = 0
      for (let i = 0; i < ones.length; i++) {
        const one = ones[i] as Ready | Refusal
        const other = 'ok' in one ? null : (others[next++] ?? null)
        if ('ok' in one) results.push(one)
        else if (other === null) results.push(one.prepared.answer)
        else results.push(other === 'stale' ? await run(by, caller, requests[i], true) : uniform(caller, JSON.parse(other) as Result<unknown>))
      }
      return results
    },
  }
}

/** The calls of `omokit_claim_many`; answers stand in them as JSON, kept letter by letter. */
function claimCalls(ones: readonly Ready[]): string {
  const calls = ones.map(({ key, hash, prepared: { input, answer } }, n) => {
    const { coupon, couponBucket, counterBucket, version, owner, ownerBucket, item, itemBucket, code } = input
    return {
      n,
      bucket: bucketOf(key),
      key,
      hash,
      answer,
      coupon,
      coupon_bucket: couponBucket,
      counter_bucket: counterBucket,
      version,
      owner,
      owner_bucket: ownerBucket,
      item,
      item_bucket: itemBucket,
      code,
    }
  })
  return JSON.stringify(calls)
}

/** Shoppers get one answer for a code that does not exist and one that is another's. */
function uniform(caller: Caller, result: Result<unknown>): Result<unknown> {
  if (result.ok || caller.key.kind !== 'publishable') return result
  return { ok: false, issues: result.issues.map((issue) => (issue.code === 'not-owner' ? { ...issue, code: 'not-available' } : issue)) }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')
