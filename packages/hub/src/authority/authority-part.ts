import { accept, refuse } from '@omokit/core'
import { sql } from 'kysely'
import * as z from 'zod'
import { answer, json } from '../http/answer'
import { refuseUnless } from '../http/authorise'
import { jsonBody } from '../http/json-body'
import { readInput } from '../http/read-input'
import type { HubContext, HubPart } from '../hub-context'
import type { MemberHandles } from '../members/member-handles'
import { bucketOf } from '../store/bucket'
import type { Trx } from '../store/store'
import { commandBatchSchema } from './command-schemas'
import { createCommands } from './commands'
import { claimableCoupons, createCouponDefinitions } from './coupon-definitions'
import { counterSchema, couponSchema } from './definition-schemas'
import { createGuessCap } from './guess-cap'
import { pointsConsumer } from './points-consumer'
import { redemptionsConsumer } from './redemptions-consumer'

const name = z.string().regex(/^[!-~]{1,64}$/, '1 to 64 printable characters without spaces')

/** Commands, coupon definitions and counters; takes the `Coupon Redeemed` facts of tills. */
export function authorityPart(context: HubContext, handles: MemberHandles): HubPart {
  const { store, limits, effects } = context
  const definitions = createCouponDefinitions(store)
  const commands = createCommands({ context, store, definitions, handles, now: effects.now })
  const guesses = createGuessCap(effects.now)

  return {
    consumers: [redemptionsConsumer(), pointsConsumer()],
    mount(app) {
      app.post('/v1/commands', async (c) => {
        const caller = { key: c.var.key, member: c.var.member }
        const wait = guesses.blocked(caller)
        if (wait) return answer(refuse('rate-limited', { need: wait }))
        const body = await jsonBody(c.req.raw, limits)
        if (!body.ok) return answer(body)
        const result = await commands.run(caller, body.value)
        guesses.watch(caller, [result])
        return result.ok ? json(result) : answer(result)
      })

      app.post('/v1/commands/batch', async (c) => {
        const caller = { key: c.var.key, member: c.var.member }
        const wait = guesses.blocked(caller)
        if (wait) return answer(refuse('rate-limited', { need: wait }))
        const body = await jsonBody(c.req.raw, limits)
        if (!body.ok) return answer(body)
        const read = readInput(commandBatchSchema, body.value)
        if (!read.ok)
          return answer(
            read.issues[0]?.path === 'commands' && Array.isArray(body.value['commands']) ? refuse('too-many', { path: 'commands', need: 200 }) : read,
          )
        const answers = await commands.runAll(caller, read.value.commands)
        guesses.watch(caller, answers)
        return json({ answers })
      })

      app.put('/v1/coupons/:id', async (c) => {
        const refused = refuseUnless(c.var.key, ['secret', 'staff'], ['marketing'])
        if (refused) return refused
        const id = readInput(z.strictObject({ id: name }), { id: c.req.param('id') })
        if (!id.ok) return answer(id)
        const body = await jsonBody(c.req.raw, limits)
        if (!body.ok) return answer(body)
        const read = readInput(couponSchema, body.value)
        if (!read.ok) return answer(read)
        const { offline, labels, ...rest } = read.value
        const coupon = id.value.id
        const input = {
          ...rest,
          id: coupon,
          bucket: bucketOf(coupon),
          counterBucket: bucketOf(`coupon:${coupon}`),
          offline: offline === undefined ? undefined : JSON.stringify(offline),
          labels: labels && JSON.stringify(labels),
        }
        const { brand } = c.var.key
        const failed = await store.call('omokit_coupon_define', [brand, effects.now(), JSON.stringify(input)])
        if (failed !== null) return answer(JSON.parse(failed) as ReturnType<typeof refuse>)
        definitions.forget(brand, coupon)
        return json({ id: coupon })
      })

      app.get('/v1/coupons', async (c) => {
        const { brand } = c.var.key
        return json({ coupons: await store.tx(brand, (trx) => claimableCoupons(trx, brand, effects.now())) })
      })

      app.put('/v1/counters/:id', async (c) => {
        const refused = refuseUnless(c.var.key, ['secret', 'staff'], ['marketing'])
        if (refused) return refused
        const id = readInput(z.strictObject({ id: z.string().min(1).max(128) }), { id: c.req.param('id') })
        if (!id.ok) return answer(id)
        const body = await jsonBody(c.req.raw, limits)
        if (!body.ok) return answer(body)
        const read = readInput(counterSchema, body.value)
        if (!read.ok) return answer(read)
        const { limit, floor = 0, cells: spread = 0 } = read.value
        const { brand } = c.var.key
        const counter = id.value.id
        const failed = await store.tx(brand, (trx) =>
          askText(trx, sql`omokit_counter_put(${brand}, ${bucketOf(counter)}, ${counter}, ${limit}, ${floor}, ${spread})`),
        )
        return answer(failed ? (JSON.parse(failed) as ReturnType<typeof refuse>) : accept({ id: counter, limit, floor }))
      })
    },
  }
}

async function askText(trx: Trx, call: ReturnType<typeof sql>): Promise<string | null> {
  const done = await sql<{ answer: string | null }>`select ${call} as answer`.execute(trx)
  return done.rows[0]?.answer ?? null
}
