/**
 * The insert into holds and ledger for one right that `taken` took, and what came of it: shared by both kinds.
 * All in one statement: the key, the conditional update, the hold, its ledger row. Where the key is not new or the right is
 * not to be had so simply, nothing but the key is written and the long way decides.
 */
const entered = (cell: string): string => `
    entered as (
      insert into holds (brand, bucket, hold, kind, right_id, right_bucket, qty, counted, cell, state, order_id, member, place, at, expires_at, reclaim_at)
      select p_brand, p_hold_bucket, p_hold, p_kind, p_id, p_right_bucket, p_qty, v_used, ${cell}, v_state, p_order, p_member, p_place, p_now, p_expires, p_expires from taken
    ), written as (
      insert into ledger (brand, bucket, at, op, kind, right_id, held, used, ref, order_id)
      select p_brand, p_right_bucket, p_now, v_op, p_kind, p_id, v_held, v_used, p_hold, p_order from taken
    )
    select (select true from fresh), (select true from taken)`

const fresh = `with fresh as (
      insert into commands (brand, bucket, key, hash, operation, answer, at) values (p_brand, p_bucket, p_key, p_hash, 'hold', p_answer, p_now)
      on conflict do nothing returning true
    )`

/** `hold` of a single counter or item: the call that flash sales and tills make. Null: done as expected. */
const holdOne = `create function omokit_hold_one(p_brand text, p_bucket int, p_key text, p_hash text, p_now bigint, p_answer text,
  p_hold text, p_hold_bucket int, p_kind text, p_id text, p_right_bucket int, p_qty bigint, p_order text, p_member text, p_place text, p_expires bigint, p_settle boolean)
returns text language plpgsql as $$
declare
  v_held bigint := case when p_settle then 0 else p_qty end;
  v_used bigint := p_qty - v_held;
  v_state text := case when p_settle then 'confirmed' else 'held' end;
  v_op text := case when p_settle then 'redeem' else 'hold' end;
  v_owner text := 'm:' || p_member;
  v_cells int;
  v_from int;
  is_fresh boolean;
  is_taken boolean;
begin
  perform set_config('role', 'omokit_app', true), set_config('omokit.brand', p_brand, true);
  if p_kind = 'counter' then
    ${fresh}, taken as (
      update counters set held = held + v_held, used = used + v_used
      where (select true from fresh) and brand = p_brand and bucket = p_right_bucket and id = p_id and cells = 0 and used + held + p_qty <= cap - floor
      returning true
    ), ${entered('0')} into is_fresh, is_taken;
    if is_fresh and is_taken is null then
      select cells into v_cells from counters where brand = p_brand and bucket = p_right_bucket and id = p_id;
      if v_cells > 0 then
        -- the next cell that nobody is writing, from one chosen by the hold's id on
        v_from := (hashtext(p_hold) & 1023) % v_cells;
        with taken as (
          update counter_cells set held = held + v_held, used = used + v_used
          where brand = p_brand and bucket = p_right_bucket and id = p_id and cell = (
            select f.cell from counter_cells f
            where f.brand = p_brand and f.bucket = p_right_bucket and f.id = p_id and f.cell >= v_from and f.used + f.held + p_qty <= f.cap
            order by f.cell limit 1 for update skip locked)
          returning cell
        ), ${entered('cell').replace('(select true from fresh)', 'true')} into is_fresh, is_taken;
      end if;
    end if;
  else
    ${fresh}, taken as (
      update items set state = case when p_settle then 'redeemed' else 'held' end, hold = p_hold, order_id = case when p_settle then p_order end
      where (select true from fresh) and brand = p_brand and bucket = p_right_bucket and id = p_id and state = 'available'
        and (expires_at is null or expires_at > p_now) and (p_member is null or owner is null or owner = v_owner)
      returning true
    ), ${entered('0')} into is_fresh, is_taken;
  end if;
  if is_taken then return null; end if;
  if is_fresh then
    return omokit_settle_key(p_brand, p_bucket, p_key, omokit_hold(p_brand, p_now, jsonb_strip_nulls(jsonb_build_object('hold', p_hold, 'bucket', p_hold_bucket,
      'order', p_order, 'member', p_member, 'owner', v_owner, 'place', p_place, 'settle', p_settle, 'expiresAt', p_expires,
      'rights', jsonb_build_array(jsonb_build_object('kind', p_kind, 'id', p_id, 'bucket', p_right_bucket, 'qty', p_qty, 'path', 'rights.0'))))));
  end if;
  return omokit_first_answer(p_brand, p_bucket, p_key, p_hash);
end $$`

/**
 * Many of them in one transaction, so that callers at the same moment share its commit: p_calls has the arguments of each
 * after the brand → JSON array of answers. The caller sorts them by right, which keeps two such transactions from a deadlock.
 */
const holdMany = `create function omokit_hold_many(p_brand text, p_calls text) returns text language plpgsql as $$
declare
  e jsonb;
  answers text[];
begin
  for e in select value from jsonb_array_elements(p_calls::jsonb) loop
    answers := array_append(answers, omokit_hold_one(p_brand, (e ->> 0)::int, e ->> 1, e ->> 2, (e ->> 3)::bigint, e ->> 4, e ->> 5, (e ->> 6)::int, e ->> 7, e ->> 8,
      (e ->> 9)::int, (e ->> 10)::bigint, e ->> 11, e ->> 12, e ->> 13, (e ->> 14)::bigint, (e ->> 15)::boolean));
  end loop;
  return to_jsonb(answers)::text;
end $$`

/** Functions of the short way. */
export const holdOneSql: readonly string[] = [holdOne, holdMany]
