import { accept, refuse, type Result } from '@omokit/core'
import type { Context } from 'hono'
import { sql } from 'kysely'
import * as z from 'zod'
import { createGuessCap } from '../authority/guess-cap'
import { pointsOf } from '../authority/points'
import { answer, json } from '../http/answer'
import { refuseUnless } from '../http/authorise'
import { jsonBody } from '../http/json-body'
import { readInput } from '../http/read-input'
import type { HubContext, HubEnv, HubPart } from '../hub-context'
import type { HubKey } from '../keys/hub-key'
import { bucketOf } from '../store/bucket'
import { createEnvelopes } from './envelopes'
import { enterMember, type MemberHandles } from './member-handles'
import { readWallet, withTokens } from './wallet'

const member = z.string().min(1).max(128)
const day = 86_400_000
const tokenSchema = z.strictObject({
  member,
  ttlMs: z
    .int()
    .min(1000)
    .max(90 * day)
    .optional(),
})
const codeSchema = z.strictObject({ member: member.optional() })
const resolveSchema = z.strictObject({ code: z.string().min(1).max(600) })
const memberSchema = z.strictObject({ tier: z.string().min(1).max(64).optional() })

const sessionMs = day
const codeMs = 5 * 60_000
const codesAhead = 12
/** A till whose answer was lost asks again: within this time the same key may open the same code twice. */
const sameKeyMs = 60_000

/** Members: session tokens, member codes and who they stand for, the wallet. */
export function membersPart(context: HubContext, handles: MemberHandles): HubPart {
  const { store, limits, effects } = context
  const envelopes = createEnvelopes(context)
  const guesses = createGuessCap(effects.now)
  const sessions = new Map<string, { readonly member: string; readonly until: number }>()

  /** One answer for every code that does not name a member here. */
  async function resolve(key: HubKey, code: string): Promise<Result<string>> {
    const caller = { key, member: undefined }
    const wait = guesses.blocked(caller)
    if (wait) return refuse('rate-limited', { need: wait })
    const opened = await envelopes.open('member-code', key.brand, code)
    if (!opened.ok) {
      const first = opened.issues[0]?.code
      if (first === 'unavailable' || first === 'token-expired') return refuse(first)
      const wrong = refuse('bad-token', { path: 'code' })
      guesses.watch(caller, [wrong])
      return wrong
    }
    const { claims, nonce, expiresAt } = opened.value
    const name = `${claims.handle}.${nonce}`
    const now = effects.now()
    const first = await store.tx(key.brand, async (trx) => {
      // the memory of a nonce is of use only as long as its code could be shown
      await sql`delete from nonces where brand = ${key.brand} and bucket = ${bucketOf(name)} and expires_at < ${now}`.execute(trx)
      const used = await sql`
        insert into nonces as n (brand, bucket, nonce, used_by, used_at, expires_at)
          values (${key.brand}, ${bucketOf(name)}, ${name}, ${key.hash}, ${now}, ${(expiresAt + 3600) * 1000})
        on conflict (brand, bucket, nonce) do update set used_by = n.used_by where n.used_by = ${key.hash} and n.used_at > ${now - sameKeyMs}
        returning 1 as one`.execute(trx)
      return used.rows.length > 0
    })
    if (!first) return refuse('token-replayed', { path: 'code' })
    const found = await handles.memberOf(key.brand, claims.handle)
    return found === undefined ? refuse('bad-token', { path: 'code' }) : accept(found)
  }

  async function tierOf(brand: string, id: string): Promise<string | undefined> {
    const found = await store.tx(brand, (trx) =>
      sql<{ tier: string | null }>`select tier from members where brand = ${brand} and bucket = ${bucketOf(id)} and id = ${id}`.execute(trx),
    )
    return found.rows[0]?.tier ?? undefined
  }

  /** Whose wallet is asked for: the token's member, a member code shown to a till, or the one a server names. */
  async function walletOwner(c: Context<HubEnv>): Promise<Result<string>> {
    const { key } = c.var
    if (key.kind === 'publishable') return c.var.member === undefined ? refuse('unauthorised', { path: 'omokit-member' }) : accept(c.var.member)
    if (key.kind === 'terminal') return resolve(key, c.req.query('code') ?? '')
    if (key.kind === 'staff' && !key.roles.includes('admin')) return refuse('forbidden', { need: 'admin' })
    const named = readInput(member, c.req.query('member'))
    return named.ok ? named : refuse('invalid', { path: 'member' })
  }

  return {
    async memberOf(brand, token) {
      const name = `${brand}\n${token}`
      const known = sessions.get(name)
      if (known && known.until > effects.now()) return known.member
      sessions.delete(name)
      const opened = await envelopes.open('session', brand, token)
      const found = opened.ok ? await handles.memberOf(brand, opened.value.claims.handle) : undefined
      if (!opened.ok || found === undefined) return undefined
      if (sessions.size > 50_000) sessions.clear()
      sessions.set(name, { member: found, until: opened.value.expiresAt * 1000 })
      return found
    },

    mount(app) {
      app.post('/v1/members/token', async (c) => {
        const refused = refuseUnless(c.var.key, ['secret'])
        if (refused) return refused
        const body = await jsonBody(c.req.raw, limits)
        if (!body.ok) return answer(body)
        const read = readInput(tokenSchema, body.value)
        if (!read.ok) return answer(read)
        const { brand } = c.var.key
        // an envelope counts in seconds
        const expiresAt = Math.floor((effects.now() + (read.value.ttlMs ?? sessionMs)) / 1000) * 1000
        const token = await envelopes.sign('session', brand, await handles.of(brand, read.value.member), expiresAt)
        return answer(token.ok ? accept({ token: token.value, expiresAt }) : token)
      })

      app.post('/v1/members/code', async (c) => {
        const refused = refuseUnless(c.var.key, ['publishable', 'secret'])
        if (refused) return refused
        const body = await jsonBody(c.req.raw, limits)
        if (!body.ok) return answer(body)
        const read = readInput(codeSchema, body.value)
        if (!read.ok) return answer(read)
        const { brand, kind } = c.var.key
        const who = kind === 'publishable' ? c.var.member : read.value.member
        if (who === undefined) return answer(kind === 'publishable' ? refuse('unauthorised', { path: 'omokit-member' }) : refuse('invalid', { path: 'member' }))
        if (read.value.member !== undefined && read.value.member !== who) return answer(refuse('forbidden', { path: 'member' }))
        const handle = await handles.of(brand, who)
        const from = Math.floor(effects.now() / 1000) * 1000
        const codes: { readonly code: string; readonly expiresAt: number }[] = []
        for (let i = 1; i <= codesAhead; i++) {
          const code = await envelopes.sign('member-code', brand, handle, from + i * codeMs)
          if (!code.ok) return answer(code)
          codes.push({ code: code.value, expiresAt: from + i * codeMs })
        }
        return json({ codes })
      })

      app.post('/v1/members/resolve', async (c) => {
        const refused = refuseUnless(c.var.key, ['terminal', 'secret'])
        if (refused) return refused
        const body = await jsonBody(c.req.raw, limits)
        if (!body.ok) return answer(body)
        const read = readInput(resolveSchema, body.value)
        if (!read.ok) return answer(read)
        const found = await resolve(c.var.key, read.value.code)
        if (!found.ok) return answer(found)
        const tier = await tierOf(c.var.key.brand, found.value)
        return json({ member: found.value, ...(tier === undefined ? {} : { tier }) })
      })

      app.get('/v1/members/me', async (c) => {
        const refused = refuseUnless(c.var.key, ['publishable'])
        if (refused) return refused
        const { brand } = c.var.key
        const who = c.var.member
        if (who === undefined) return answer(refuse('unauthorised', { path: 'omokit-member' }))
        const tier = await tierOf(brand, who)
        const points = await store.tx(brand, (trx) => pointsOf(trx, brand, effects.now(), who))
        return json({ member: who, ...(tier === undefined ? {} : { tier }), points })
      })

      app.get('/v1/members/me/coupons', async (c) => {
        const owner = await walletOwner(c)
        if (!owner.ok) return answer(owner)
        const { brand } = c.var.key
        const rows = await store.tx(brand, (trx) => readWallet(trx, brand, owner.value, effects.now()))
        const handle = await handles.of(brand, owner.value)
        return json({ coupons: await withTokens(context, brand, handle, rows) })
      })

      app.put('/v1/members/:id', async (c) => {
        const refused = refuseUnless(c.var.key, ['secret'])
        if (refused) return refused
        const id = readInput(member, c.req.param('id'))
        if (!id.ok) return answer(id)
        const body = await jsonBody(c.req.raw, limits)
        if (!body.ok) return answer(body)
        const read = readInput(memberSchema, body.value)
        if (!read.ok) return answer(read)
        const { brand } = c.var.key
        await store.tx(brand, async (trx) => {
          await enterMember(trx, brand, id.value, effects)
          await sql`update members set tier = ${read.value.tier ?? null} where brand = ${brand} and bucket = ${bucketOf(id.value)} and id = ${id.value}`.execute(
            trx,
          )
        })
        return json({ member: id.value, ...(read.value.tier === undefined ? {} : { tier: read.value.tier }) })
      })
    },
  }
}
