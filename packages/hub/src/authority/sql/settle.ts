/**
 * Locks the rights of a hold and says how it stands: null when all are held and in time. A hold past its time is given back
 * on this occasion.
 */
const lock = `create function omokit_hold_lock(p_brand text, p_now bigint, p_bucket int, p_hold text, p_want text) returns text language plpgsql as $$
declare
  h holds;
  n int := 0;
  why text;
begin
  for h in select * from holds where brand = p_brand and bucket = p_bucket and hold = p_hold order by kind collate "C", right_id collate "C" for update loop
    if h.terminal is not null then return 'hold-unknown'; end if;
    n := n + 1;
    why := coalesce(why, case
      when h.state = p_want and (p_want <> 'held' or h.expires_at > p_now) then null
      when h.state = 'expired' or (h.state = 'held' and h.expires_at <= p_now) then 'hold-expired'
      when h.state = 'held' then 'not-available'
      else 'hold-settled' end);
  end loop;
  if n = 0 then return 'hold-unknown'; end if;
  if why = 'hold-expired' then perform omokit_hold_drop(p_brand, p_now, p_bucket, p_hold, 'expire', 'expired'); end if;
  return why;
end $$`

/** Gives back all that is still held under a hold whose rows are locked. */
const drop = `create function omokit_hold_drop(p_brand text, p_now bigint, p_bucket int, p_hold text, p_op text, p_state text) returns void language plpgsql as $$
declare
  h holds;
begin
  for h in select * from holds where brand = p_brand and bucket = p_bucket and hold = p_hold and state = 'held' order by kind collate "C", right_id collate "C" loop
    perform omokit_custody_give_back(p_brand, h);
    insert into ledger (brand, bucket, at, op, kind, right_id, held, ref, order_id)
      values (p_brand, h.right_bucket, p_now, p_op, h.kind, h.right_id, h.counted - h.qty, p_hold, h.order_id);
  end loop;
  update holds set state = p_state where brand = p_brand and bucket = p_bucket and hold = p_hold and state = 'held';
end $$`

/** held → used for every right of a hold, or a refusal. Null: done. */
const confirm = `create function omokit_confirm(p_brand text, p_now bigint, p jsonb) returns text language plpgsql as $$
declare
  v_bucket int := (p ->> 'bucket')::int;
  v_hold text := p ->> 'hold';
  why text := omokit_hold_lock(p_brand, p_now, v_bucket, v_hold, 'held');
  h holds;
begin
  if why is not null then return omokit_refuse(why); end if;
  for h in select * from holds where brand = p_brand and bucket = v_bucket and hold = v_hold order by kind collate "C", right_id collate "C" loop
    if h.kind = 'counter' then perform omokit_counter_move(p_brand, h.right_bucket, h.right_id, h.cell, -h.qty, h.qty);
    elsif h.kind = 'item' then
      update items set state = 'redeemed', order_id = h.order_id
        where brand = p_brand and bucket = h.right_bucket and id = h.right_id and hold = v_hold and state in ('held', 'redeemed-provisional');
    end if;
    insert into ledger (brand, bucket, at, op, kind, right_id, held, used, ref, order_id, detail)
      values (p_brand, h.right_bucket, p_now, 'confirm', h.kind, h.right_id, h.counted - h.qty, h.qty - h.counted, v_hold, h.order_id, p -> 'amounts' ->> h.right_id);
  end loop;
  update holds set state = 'confirmed', counted = qty, receipt = p ->> 'receipt' where brand = p_brand and bucket = v_bucket and hold = v_hold;
  return null;
end $$`

/** held → free for every right of a hold. A hold that ran out or was released before counts as released. Null: done. */
const release = `create function omokit_release(p_brand text, p_now bigint, p jsonb) returns text language plpgsql as $$
declare
  v_bucket int := (p ->> 'bucket')::int;
  v_hold text := p ->> 'hold';
  why text;
begin
  perform 1 from holds where brand = p_brand and bucket = v_bucket and hold = v_hold and terminal is null
    and (p ->> 'member' is null or member = p ->> 'member');
  if not found then return omokit_refuse('hold-unknown'); end if;
  why := omokit_hold_lock(p_brand, p_now, v_bucket, v_hold, 'held');
  if why = 'hold-settled' then
    perform 1 from holds where brand = p_brand and bucket = v_bucket and hold = v_hold and state = 'confirmed';
    if found then return omokit_refuse(why); end if;
  elsif why is null then
    perform omokit_hold_drop(p_brand, p_now, v_bucket, v_hold, 'release', 'released');
  end if;
  return null;
end $$`

/**
 * used → free, whole or by units of rights against a return document. A document counts once for each right, so the same
 * return sent under another key changes nothing. Null: done and the state is the one expected.
 */
const reverse = `create function omokit_reverse(p_brand text, p_now bigint, p jsonb) returns text language plpgsql as $$
declare
  v_bucket int := (p ->> 'bucket')::int;
  v_hold text := p ->> 'hold';
  v_document text := p ->> 'returnDocument';
  why text := omokit_hold_lock(p_brand, p_now, v_bucket, v_hold, 'confirmed');
  h holds;
  q bigint;
  left_out text;
  rest bigint;
  v_state text;
  issues jsonb := '[]';
  seen boolean := false;
  moved bigint := 0;
begin
  if why is not null then return omokit_refuse(why); end if;
  for r in 0..coalesce(jsonb_array_length(p -> 'rights'), 0) - 1 loop
    select * into h from holds where brand = p_brand and bucket = v_bucket and hold = v_hold
      and kind = p -> 'rights' -> r ->> 'kind' and right_id = p -> 'rights' -> r ->> 'id';
    q := (p -> 'rights' -> r ->> 'qty')::bigint;
    if not found then issues := issues || jsonb_build_object('code', 'not-available', 'path', p -> 'rights' -> r ->> 'path');
    elsif not coalesce(h.documents::jsonb, '{}') ? v_document and h.reversed + q > h.qty then
      issues := issues || jsonb_build_object('code', 'exhausted', 'path', p -> 'rights' -> r ->> 'path', 'have', h.qty - h.reversed, 'need', q);
    end if;
  end loop;
  if issues <> '[]' then return jsonb_build_object('ok', false, 'issues', issues)::text; end if;
  for h in select * from holds where brand = p_brand and bucket = v_bucket and hold = v_hold order by kind collate "C", right_id collate "C" loop
    if coalesce(h.documents::jsonb, '{}') ? v_document then
      seen := true;
      continue;
    end if;
    if p -> 'rights' is null then q := h.qty - h.reversed;
    else
      select (e ->> 'qty')::bigint into q from jsonb_array_elements(p -> 'rights') e where e ->> 'kind' = h.kind and e ->> 'id' = h.right_id;
      if not found then continue; end if;
    end if;
    continue when q = 0;
    left_out := h.lots;
    if h.kind = 'counter' then perform omokit_counter_move(p_brand, h.right_bucket, h.right_id, h.cell, 0, -q);
    elsif h.kind = 'item' then
      update items set state = case when state = 'conflict' then 'redeemed-provisional' else 'available' end, hold = null, order_id = null,
          times_reversed = times_reversed + 1
        where brand = p_brand and bucket = h.right_bucket and id = h.right_id and hold = v_hold
        returning state into v_state;
      if v_state = 'redeemed-provisional' then
        -- used twice and given back once is still used: the other redemption now counts
        update redemptions set state = 'accepted', code = null where brand = p_brand and bucket = h.right_bucket and item = h.right_id
          and order_id = (select min(order_id) from redemptions where brand = p_brand and bucket = h.right_bucket and item = h.right_id and state = 'conflict');
        insert into ledger (brand, bucket, at, op, kind, right_id, used, ref, order_id)
          values (p_brand, h.right_bucket, p_now, 'conflict-settled', 'item', h.right_id, 1, v_hold, h.order_id);
      end if;
    else left_out := omokit_lots_give_back(p_brand, h.right_bucket, h.right_id, h.lots, q);
    end if;
    update holds set reversed = reversed + q, lots = left_out, documents = (coalesce(documents::jsonb, '{}') || jsonb_build_object(v_document, q))::text
      where brand = p_brand and bucket = v_bucket and hold = v_hold and kind = h.kind and right_id = h.right_id;
    insert into ledger (brand, bucket, at, op, kind, right_id, used, ref, order_id, detail)
      values (p_brand, h.right_bucket, p_now, 'reverse', h.kind, h.right_id, -q, v_hold, h.order_id, v_document);
    moved := moved + q;
  end loop;
  if moved = 0 and not seen then return omokit_refuse('hold-settled'); end if;
  select sum(qty - reversed) into rest from holds where brand = p_brand and bucket = v_bucket and hold = v_hold;
  v_state := case when rest = 0 then 'reversed' else 'partly-reversed' end;
  if v_state = p ->> 'expect' then return null; end if;
  return jsonb_build_object('ok', true, 'value', jsonb_build_object('hold', v_hold, 'state', v_state))::text;
end $$`

/** Functions of `confirm`, `release` and `reverse`. */
export const settleSql: readonly string[] = [drop, lock, confirm, release, reverse]
