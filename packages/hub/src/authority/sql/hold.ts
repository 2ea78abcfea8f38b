/**
 * Takes all rights of an order, in the order given (sorted by kind and id by the caller, so that crossing orders cannot
 * deadlock), or none: what was taken is put back within the same transaction when a later one is refused, and every
 * refused right is named. settle: take them as used up at once. Null: done.
 */
const hold = `create function omokit_hold(p_brand text, p_now bigint, p jsonb) returns text language plpgsql as $$
declare
  v_hold text := p ->> 'hold';
  v_bucket int := (p ->> 'bucket')::int;
  v_settle boolean := coalesce((p ->> 'settle')::boolean, false);
  v_expires bigint := (p ->> 'expiresAt')::bigint;
  r jsonb;
  t record;
  h holds;
  issues jsonb := '[]';
begin
  for r in select jsonb_array_elements(p -> 'rights') loop
    t := omokit_take(p_brand, p_now, r ->> 'kind', (r ->> 'bucket')::int, r ->> 'id', (r ->> 'qty')::bigint, v_hold, p ->> 'owner', case when v_settle then p ->> 'order' end, v_settle);
    if t.why is null then
      insert into holds (brand, bucket, hold, kind, right_id, right_bucket, qty, counted, cell, lots, state, order_id, member, place, receipt, at, expires_at, reclaim_at)
        values (p_brand, v_bucket, v_hold, r ->> 'kind', r ->> 'id', (r ->> 'bucket')::int, (r ->> 'qty')::bigint, case when v_settle then (r ->> 'qty')::bigint else 0 end,
          t.cell, t.taken, case when v_settle then 'confirmed' else 'held' end, p ->> 'order', p ->> 'member', p ->> 'place', p ->> 'receipt', p_now, v_expires, v_expires);
    else
      issues := issues || jsonb_strip_nulls(jsonb_build_object('code', t.why, 'path', r ->> 'path', 'have', t.have,
        'need', case when t.have is null then null else (r ->> 'qty')::bigint end));
    end if;
  end loop;
  if issues <> '[]' then
    for h in delete from holds where brand = p_brand and bucket = v_bucket and hold = v_hold returning * loop
      if v_settle then
        -- used → free
        if h.kind = 'counter' then perform omokit_counter_move(p_brand, h.right_bucket, h.right_id, h.cell, 0, -h.qty);
        elsif h.kind = 'item' then
          update items set state = 'available', hold = null where brand = p_brand and bucket = h.right_bucket and id = h.right_id and hold = h.hold;
        else perform omokit_lots_give_back(p_brand, h.right_bucket, h.right_id, h.lots, h.qty);
        end if;
      else perform omokit_custody_give_back(p_brand, h);
      end if;
    end loop;
    return jsonb_build_object('ok', false, 'issues', issues)::text;
  end if;
  insert into ledger (brand, bucket, at, op, kind, right_id, held, used, ref, order_id)
    select p_brand, (e ->> 'bucket')::int, p_now, case when v_settle then 'redeem' else 'hold' end, e ->> 'kind', e ->> 'id',
      case when v_settle then 0 else (e ->> 'qty')::bigint end, case when v_settle then (e ->> 'qty')::bigint else 0 end, v_hold, p ->> 'order'
    from jsonb_array_elements(p -> 'rights') e;
  return null;
end $$`

/** Functions of `hold`. */
export const holdSql: readonly string[] = [hold]
