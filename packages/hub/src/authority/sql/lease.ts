/** Hands units of a right to a terminal: they stand in held until its journal shows them spent, or until nobody can spend them any more. Null: done. */
const lease = `create function omokit_lease(p_brand text, p_now bigint, p jsonb) returns text language plpgsql as $$
declare
  r jsonb := p -> 'right';
  t record;
begin
  t := omokit_take(p_brand, p_now, r ->> 'kind', (r ->> 'bucket')::int, r ->> 'id', (r ->> 'qty')::bigint, p ->> 'lease', null, null, false);
  if t.why is not null then
    return omokit_refuse(t.why, 'right', t.have, case when t.have is null then null else (r ->> 'qty')::bigint end);
  end if;
  if r ->> 'kind' = 'item' then
    update items set terminal = p ->> 'terminal' where brand = p_brand and bucket = (r ->> 'bucket')::int and id = r ->> 'id';
  end if;
  insert into holds (brand, bucket, hold, kind, right_id, right_bucket, qty, cell, lots, state, terminal, epoch, at, expires_at, reclaim_at)
    values (p_brand, (p ->> 'bucket')::int, p ->> 'lease', r ->> 'kind', r ->> 'id', (r ->> 'bucket')::int, (r ->> 'qty')::bigint, t.cell, t.taken, 'leased',
      p ->> 'terminal', p ->> 'epoch', p_now, (p ->> 'expiresAt')::bigint, (p ->> 'reclaimAt')::bigint);
  insert into ledger (brand, bucket, at, op, kind, right_id, held, ref, detail)
    values (p_brand, (r ->> 'bucket')::int, p_now, 'lease', r ->> 'kind', r ->> 'id', (r ->> 'qty')::bigint, p ->> 'lease', p ->> 'terminal');
  return null;
end $$`

/**
 * Takes a lease back. What the terminal says it spent becomes used now, before its journal shows it; the rest is free.
 * Facts that come later are compared with what was said.
 */
const giveBack = `create function omokit_lease_return(p_brand text, p_now bigint, p jsonb) returns text language plpgsql as $$
declare
  h holds;
  said bigint;
  delta bigint;
  free bigint;
begin
  select * into h from holds where brand = p_brand and bucket = (p ->> 'bucket')::int and hold = p ->> 'lease' and terminal is not null for update;
  if not found then return omokit_refuse('lease-unknown'); end if;
  if h.state = 'expired' then return omokit_refuse('lease-expired'); end if;
  if h.state <> 'leased' then return omokit_refuse('hold-settled'); end if;
  said := least(greatest((p ->> 'spent')::bigint, h.counted), h.qty);
  delta := said - h.counted;
  free := h.qty - said;
  if h.kind = 'counter' then perform omokit_counter_move(p_brand, h.right_bucket, h.right_id, h.cell, -delta - free, delta);
  elsif h.kind = 'item' then
    update items set state = case when said = 1 then 'redeemed-provisional' else 'available' end, terminal = null, hold = case when said = 1 then hold end
      where brand = p_brand and bucket = h.right_bucket and id = h.right_id and hold = h.hold and state = 'held';
  else
    perform omokit_lots_give_back(p_brand, h.right_bucket, h.right_id, h.lots, free);
  end if;
  update holds set state = 'returned', counted = said where brand = p_brand and bucket = h.bucket and hold = h.hold and kind = h.kind and right_id = h.right_id;
  insert into ledger (brand, bucket, at, op, kind, right_id, held, used, ref, detail)
    values (p_brand, h.right_bucket, p_now, 'lease-return', h.kind, h.right_id, -delta - free, delta, h.hold, h.terminal);
  return jsonb_build_object('ok', true, 'value', jsonb_build_object('lease', h.hold, 'returned', free))::text;
end $$`

/**
 * Merges one `Coupon Redeemed` fact. The redemption is written first, so that the same item for the same order counts once,
 * whoever sends it and how often. It is accepted when a lease covers it, or when the item or a unit of the counter is still
 * free now; else it is a conflict: recorded, not counted, to be reported with its amount.
 * Answers {state, duplicate, code?, floor?}.
 */
const redeem = `create function omokit_redeem_offline(p_brand text, p_now bigint, p jsonb) returns text language plpgsql as $$
declare
  v_item text := p ->> 'item';
  v_bucket int := (p ->> 'itemBucket')::int;
  v_order text := p ->> 'order';
  v_at bigint := (p ->> 'at')::bigint;
  v_offline boolean := (p ->> 'offline')::boolean;
  d redemptions%rowtype;
  h holds;
  own holds;
  i items%rowtype;
  t record;
  leased boolean := false;
  covered boolean := false;
  echo boolean := false;
  dug boolean := false;
  v_code text;
begin
  insert into redemptions (brand, bucket, item, order_id, coupon, terminal, epoch, stream, seq, lease, state, amount, at, received_at)
    values (p_brand, v_bucket, v_item, v_order, p ->> 'coupon', p ->> 'terminal', coalesce(p ->> 'epoch', ''), p ->> 'stream', (p ->> 'seq')::bigint, p ->> 'lease',
      'accepted', coalesce((p ->> 'amount')::bigint, 0), v_at, p_now)
    on conflict do nothing;
  if not found then
    select * into d from redemptions where brand = p_brand and bucket = v_bucket and item = v_item and order_id = v_order;
    return jsonb_strip_nulls(jsonb_build_object('state', coalesce(d.state, 'accepted'), 'duplicate', true, 'code', d.code))::text;
  end if;
  if p ->> 'lease' is not null then
    select * into h from holds where brand = p_brand and bucket = (p ->> 'leaseBucket')::int and hold = p ->> 'lease' and terminal is not null for update;
    leased := found;
    if not found then v_code := 'lease-unknown';
    elsif h.terminal <> p ->> 'terminal' then leased := false; v_code := 'lease-unknown';
    elsif h.kind = 'item' and h.right_id <> v_item then leased := false; v_code := 'lease-unknown';
    else
      covered := case when h.state in ('leased', 'frozen') then h.spent < h.qty when h.state = 'returned' then h.spent < h.counted else false end;
      if covered and h.spent + 1 > h.counted then
        if h.kind = 'counter' then perform omokit_counter_move(p_brand, h.right_bucket, h.right_id, h.cell, -1, 1); end if;
        insert into ledger (brand, bucket, at, op, kind, right_id, held, used, ref, order_id, detail)
          values (p_brand, h.right_bucket, p_now, 'redeem-offline', h.kind, h.right_id, -1, 1, h.hold, v_order, h.terminal);
      end if;
      update holds set spent = spent + 1, counted = case when covered then greatest(counted, spent + 1) else counted end
        where brand = p_brand and bucket = h.bucket and hold = h.hold and kind = h.kind and right_id = h.right_id;
      if not covered then v_code := case when h.state = 'expired' then 'lease-expired' else 'lease-exhausted' end; end if;
      if not covered and h.kind = 'counter' then
        -- beyond the lease: still good when a unit is free now; goods in a till's hands may use up the floor
        t := omokit_counter_take(p_brand, p_now, h.right_bucket, h.right_id, 0, 1, v_item);
        covered := t.why is null;
        if not covered then covered := omokit_counter_dig(p_brand, h.right_bucket, h.right_id); dug := covered; end if;
        if covered then
          insert into ledger (brand, bucket, at, op, kind, right_id, used, ref, order_id, detail)
            values (p_brand, h.right_bucket, p_now, 'redeem-offline', 'counter', h.right_id, 1, h.hold, v_order, h.terminal);
        end if;
      end if;
    end if;
  end if;
  -- the item itself, when the hub knows it; a hold of this very order is locked before the item, as confirm does
  select * into own from holds where brand = p_brand and kind = 'item' and right_id = v_item and state = 'held' and order_id = v_order for update;
  for attempt in 1..2 loop
    select * into i from items where brand = p_brand and bucket = v_bucket and id = v_item for update;
    exit when not found or attempt = 2 or i.state <> 'held' or (leased and i.hold = h.hold) or i.order_id = v_order
      or not omokit_reclaim(p_brand, p_now, 'item', v_bucket, v_item);
  end loop;
  if i.id is not null then
    if i.state in ('redeemed', 'redeemed-provisional') and (i.order_id = v_order or (leased and covered and i.hold = h.hold and i.order_id is null)) then
      -- told before: by the confirm of the same order, or by the return of its lease
      echo := true;
      update items set order_id = v_order where brand = p_brand and bucket = v_bucket and id = v_item;
    elsif i.state = 'available' and (i.expires_at is null or i.expires_at > v_at) then
      update items set state = 'redeemed-provisional', order_id = v_order, terminal = p ->> 'terminal' where brand = p_brand and bucket = v_bucket and id = v_item;
      insert into ledger (brand, bucket, at, op, kind, right_id, used, ref, order_id, detail)
        values (p_brand, v_bucket, p_now, 'redeem-offline', 'item', v_item, 1, p ->> 'stream', v_order, p ->> 'terminal');
    elsif i.state = 'held' and leased and i.hold = h.hold then
      update items set state = 'redeemed-provisional', order_id = v_order where brand = p_brand and bucket = v_bucket and id = v_item;
    elsif i.state = 'held' and i.hold = own.hold then
      -- held online for this very order: its confirm finds the unit counted
      update items set state = 'redeemed-provisional', order_id = v_order where brand = p_brand and bucket = v_bucket and id = v_item;
      update holds set counted = qty where brand = p_brand and bucket = own.bucket and hold = own.hold and kind = own.kind and right_id = own.right_id;
      insert into ledger (brand, bucket, at, op, kind, right_id, held, used, ref, order_id, detail)
        values (p_brand, v_bucket, p_now, 'redeem-offline', 'item', v_item, -1, 1, own.hold, v_order, p ->> 'terminal');
    else
      v_code := case when i.state in ('redeemed', 'redeemed-provisional', 'conflict') then 'already-redeemed' when i.state = 'held' then 'already-held'
        when i.expires_at <= v_at then 'expired' else 'not-available' end;
      covered := false;
      leased := true;
      update items set conflicts = conflicts + 1, state = case when state in ('redeemed', 'redeemed-provisional') then 'conflict' else state end
        where brand = p_brand and bucket = v_bucket and id = v_item;
    end if;
    if not leased then covered := true; end if;
  elsif not leased and v_offline then
    v_code := coalesce(v_code, 'not-available');
  elsif not leased then
    -- asked online: the commands have counted it
    covered := true;
  end if;
  if covered then
    if not dug then v_code := null; end if;
  else
    update redemptions set state = 'conflict', code = v_code where brand = p_brand and bucket = v_bucket and item = v_item and order_id = v_order;
  end if;
  return jsonb_strip_nulls(jsonb_build_object('state', case when covered then 'accepted' else 'conflict' end, 'duplicate', false, 'code', v_code, 'floor', case when dug then true end))::text;
end $$`

/** One unit out of the floor, which ordinary holds must leave: only for what a till has already given away. */
const dig = `create function omokit_counter_dig(p_brand text, p_bucket int, p_id text) returns boolean language plpgsql as $$
begin
  update counters set used = used + 1, floor = floor - 1 where brand = p_brand and bucket = p_bucket and id = p_id and cells = 0 and floor > 0 and used + held < cap;
  if found then return true; end if;
  update counters set floor = floor - 1 where brand = p_brand and bucket = p_bucket and id = p_id and cells > 0 and floor > 0;
  if not found then return false; end if;
  update counter_cells set cap = cap + 1, used = used + 1 where brand = p_brand and bucket = p_bucket and id = p_id and cell = 0;
  return true;
end $$`

/** Stops every open lease of a terminal: its units are neither spendable nor given to others until somebody decides. Answers how many were still out. */
const freeze = `create function omokit_freeze(p_brand text, p_terminal text) returns bigint language plpgsql as $$
declare
  n bigint;
begin
  with stopped as (update holds set state = 'frozen' where brand = p_brand and terminal = p_terminal and state = 'leased' returning qty - spent as rest)
  select coalesce(sum(rest), 0) into n from stopped;
  return n;
end $$`

/** Functions of leases and of what tills did offline. */
export const leaseSql: readonly string[] = [lease, giveBack, dig, redeem, freeze]
