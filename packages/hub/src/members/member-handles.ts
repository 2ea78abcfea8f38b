import { sql } from 'kysely'
import { hex } from '../authority/coupon-token'
import type { HubEffects } from '../effects'
import { bucketOf } from '../store/bucket'
import type { Store, Trx } from '../store/store'

/** Members and the opaque handles that stand for them on codes, tokens and buses: 8 random bytes, 16 hex digits. */
export interface MemberHandles {
  /** The handle of a member; an unknown member is entered. */
  of(brand: string, member: string): Promise<string>
  /** The member behind a handle. */
  memberOf(brand: string, handle: string): Promise<string | undefined>
}

/** Makes {@link MemberHandles} with a memory: a handle never changes. */
export function createMemberHandles(store: Store, effects: HubEffects): MemberHandles {
  const handles = new Map<string, string>()
  const members = new Map<string, string>()
  const remember = (memory: Map<string, string>, name: string, value: string): string => {
    if (memory.size > 50_000) memory.clear()
    memory.set(name, value)
    return value
  }
  return {
    async of(brand, member) {
      const name = `${brand}\n${member}`
      return handles.get(name) ?? remember(handles, name, await store.tx(brand, (trx) => enterMember(trx, brand, member, effects)))
    },
    async memberOf(brand, handle) {
      const name = `${brand}\n${handle}`
      const known = members.get(name)
      if (known !== undefined) return known
      const found = await store.tx(brand, (trx) =>
        sql<{ member: string }>`select member from handles where brand = ${brand} and bucket = ${bucketOf(handle)} and handle = ${handle}`.execute(trx),
      )
      const member = found.rows[0]?.member
      return member === undefined ? undefined : remember(members, name, member)
    },
  }
}

/** Enters a member unless known; answers the handle. */
export async function enterMember(trx: Trx, brand: string, member: string, effects: HubEffects): Promise<string> {
  const handle = hex(effects.random(8))
  const made = await sql`insert into members (brand, bucket, id, handle, at) values (${brand}, ${bucketOf(member)}, ${member}, ${handle}, ${effects.now()})
    on conflict do nothing returning handle`.execute(trx)
  if (made.rows.length) {
    await sql`insert into handles (brand, bucket, handle, member) values (${brand}, ${bucketOf(handle)}, ${handle}, ${member})`.execute(trx)
    return handle
  }
  const found = await sql<{ handle: string }>`select handle from members where brand = ${brand} and bucket = ${bucketOf(member)} and id = ${member}`.execute(
    trx,
  )
  return found.rows[0]?.handle as string
}
