/** Columns of a call: see {@link holdMany}. */
const calls = 'jsonb_array_elements(v_calls) e'
const key = 'e ->> 1'
const settles = '(e ->> 15)::boolean'
const qty = '(e ->> 10)::bigint'

/**
 * `hold` of a single counter or item, as flash sales and tills make it, for all callers of one moment in one transaction:
 * one statement takes all new keys, one each counter, one all items, one writes the holds, one the ledger. What is not to be had
 * so simply goes the long way, alone. p_calls, keys all different:
 * [[bucket, key, hash, now, answer, hold, hold bucket, kind, id, right's bucket, qty, order, member, place, expires, settle], …]
 * → JSON array of answers, null where the one expected holds.
 */
const holdMany = `create function omokit_hold_many(p_brand text, p_calls text) returns text language plpgsql as $$
declare
  v_calls jsonb := p_calls::jsonb;
  v_fresh text[];
  v_taken text[] := '{}';
  v_cells jsonb := '{}';
  v_cell int;
  c record;
  v_call jsonb;
  answers text[];
begin
  perform set_config('role', 'omokit_app', true), set_config('omokit.brand', p_brand, true);
  with fresh as (
    insert into commands (brand, bucket, key, hash, operation, answer, at)
    select p_brand, (e ->> 0)::int, ${key}, e ->> 2, 'hold', e ->> 4, (e ->> 3)::bigint from ${calls} on conflict do nothing returning key
  ) select array_agg(key) into v_fresh from fresh;
  for c in
    select e ->> 8 as id, (e ->> 9)::int as bucket, array_agg(${key}) as keys,
      sum(case when ${settles} then 0 else ${qty} end)::bigint as held, sum(case when ${settles} then ${qty} else 0 end)::bigint as used, min(e ->> 5) as seed
    from ${calls} where e ->> 7 = 'counter' and ${key} = any (v_fresh) group by 1, 2 order by (e ->> 8) collate "C"
  loop
    update counters set held = held + c.held, used = used + c.used
      where brand = p_brand and bucket = c.bucket and id = c.id and cells = 0 and used + held + c.held + c.used <= cap - floor;
    if not found then
      select cells into v_cell from counters where brand = p_brand and bucket = c.bucket and id = c.id;
      continue when coalesce(v_cell, 0) = 0;
      -- spread: the next cell that nobody is writing, from one chosen by chance on
      update counter_cells set held = held + c.held, used = used + c.used where brand = p_brand and bucket = c.bucket and id = c.id and cell = (
        select f.cell from counter_cells f where f.brand = p_brand and f.bucket = c.bucket and f.id = c.id and f.cell >= (hashtext(c.seed) & 1023) % v_cell
          and f.used + f.held + c.held + c.used <= f.cap order by f.cell limit 1 for update skip locked)
        returning cell into v_cell;
      continue when not found;
      v_cells := v_cells || jsonb_build_object(c.id, v_cell);
    end if;
    v_taken := v_taken || c.keys;
  end loop;
  with taken as (
    update items i set state = case when w.settles then 'redeemed' else 'held' end, hold = w.hold, order_id = case when w.settles then w.order_id end
    from (
      select ${key} as key, e ->> 8 as id, (e ->> 9)::int as bucket, (e ->> 3)::bigint as now, ${settles} as settles, e ->> 5 as hold, e ->> 11 as order_id, e ->> 12 as member
      from ${calls} where e ->> 7 = 'item' and ${key} = any (v_fresh) order by (e ->> 8) collate "C"
    ) w
    where i.brand = p_brand and i.bucket = w.bucket and i.id = w.id and i.state = 'available'
      and (i.expires_at is null or i.expires_at > w.now) and (w.member is null or i.owner is null or i.owner = 'm:' || w.member)
    returning w.key
  ) select v_taken || coalesce(array_agg(t.key), '{}') into v_taken from taken t;
  insert into holds (brand, bucket, hold, kind, right_id, right_bucket, qty, counted, cell, state, order_id, member, place, at, expires_at, reclaim_at)
    select p_brand, (e ->> 6)::int, e ->> 5, e ->> 7, e ->> 8, (e ->> 9)::int, ${qty}, case when ${settles} then ${qty} else 0 end,
      case when e ->> 7 = 'counter' then coalesce((v_cells ->> (e ->> 8))::int, 0) else 0 end, case when ${settles} then 'confirmed' else 'held' end,
      e ->> 11, e ->> 12, e ->> 13, (e ->> 3)::bigint, (e ->> 14)::bigint, (e ->> 14)::bigint
    from ${calls} where ${key} = any (v_taken);
  insert into ledger (brand, bucket, at, op, kind, right_id, held, used, ref, order_id)
    select p_brand, (e ->> 9)::int, (e ->> 3)::bigint, case when ${settles} then 'redeem' else 'hold' end, e ->> 7, e ->> 8,
      case when ${settles} then 0 else ${qty} end, case when ${settles} then ${qty} else 0 end, e ->> 5, e ->> 11
    from ${calls} where ${key} = any (v_taken);
  for v_call in select e from ${calls} loop
    answers := array_append(answers, case
      when v_call ->> 1 = any (v_taken) then null
      when v_call ->> 1 = any (v_fresh) then omokit_settle_key(p_brand, (v_call ->> 0)::int, v_call ->> 1, omokit_hold(p_brand, (v_call ->> 3)::bigint, jsonb_strip_nulls(jsonb_build_object(
        'hold', v_call ->> 5, 'bucket', (v_call ->> 6)::int, 'order', v_call ->> 11, 'member', v_call ->> 12, 'owner', 'm:' || (v_call ->> 12), 'place', v_call ->> 13, 'settle', (v_call ->> 15)::boolean,
        'expiresAt', (v_call ->> 14)::bigint,
        'rights', jsonb_build_array(jsonb_build_object('kind', v_call ->> 7, 'id', v_call ->> 8, 'bucket', (v_call ->> 9)::int, 'qty', (v_call ->> 10)::bigint, 'path', 'rights.0'))))))
      else omokit_first_answer(p_brand, (v_call ->> 0)::int, v_call ->> 1, v_call ->> 2) end);
  end loop;
  return to_jsonb(answers)::text;
end $$`

/** Functions of the short way. */
export const holdManySql: readonly string[] = [holdMany]
