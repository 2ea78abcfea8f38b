/** Gives the units of a hold or lease that are still in custody back to where they came from; the caller writes the ledger and the hold's state. */
const giveBack = `create function omokit_custody_give_back(p_brand text, h holds) returns void language plpgsql as $$
begin
  if h.kind = 'counter' then
    perform omokit_counter_move(p_brand, h.right_bucket, h.right_id, h.cell, h.counted - h.qty, 0);
  elsif h.kind = 'item' then
    update items set state = 'available', hold = null where brand = p_brand and bucket = h.right_bucket and id = h.right_id and state = 'held' and hold = h.hold;
  else
    perform omokit_lots_give_back(p_brand, h.right_bucket, h.right_id, h.lots, h.qty - h.counted);
  end if;
end $$`

/**
 * Gives back what dead holds and leases still keep of one right. Whoever asks waits at the right's own row, so that the
 * second to ask sees what the first freed; holds that are being settled at this moment are left alone (skip locked), which
 * also keeps this from ever waiting for them. False when there was nothing to give back.
 */
const reclaim = `create function omokit_reclaim(p_brand text, p_now bigint, p_kind text, p_bucket int, p_id text) returns boolean language plpgsql as $$
declare
  h holds;
begin
  perform 1 from holds where brand = p_brand and kind = p_kind and right_id = p_id and reclaim_at <= p_now and state in ('held', 'leased') limit 1;
  if not found then return false; end if;
  if p_kind = 'counter' then perform 1 from counters where brand = p_brand and bucket = p_bucket and id = p_id for update;
  elsif p_kind = 'item' then perform 1 from items where brand = p_brand and bucket = p_bucket and id = p_id for update;
  else perform 1 from accounts where brand = p_brand and bucket = p_bucket and member = p_id for update;
  end if;
  for h in select * from holds where brand = p_brand and kind = p_kind and right_id = p_id and reclaim_at <= p_now and state in ('held', 'leased')
    order by cell, bucket, hold for update skip locked loop
    perform omokit_custody_give_back(p_brand, h);
    update holds set state = 'expired' where brand = p_brand and bucket = h.bucket and hold = h.hold and kind = h.kind and right_id = h.right_id;
    insert into ledger (brand, bucket, at, op, kind, right_id, held, ref, order_id)
      values (p_brand, h.right_bucket, p_now, 'expire', h.kind, h.right_id, h.counted - h.qty, h.hold, h.order_id);
  end loop;
  return true;
end $$`

/** Takes one right of any kind, to held, or with p_settle at once to used. taken: see lots. */
const take = `create function omokit_take(p_brand text, p_now bigint, p_kind text, p_bucket int, p_id text, p_qty bigint, p_hold text, p_owner text, p_order text, p_settle boolean,
  out why text, out have bigint, out cell int, out taken text)
language plpgsql as $$
begin
  cell := 0;
  if p_kind = 'counter' then
    if p_settle then select t.why, t.have, t.cell into why, have, cell from omokit_counter_take(p_brand, p_now, p_bucket, p_id, 0, p_qty, p_hold) t;
    else select t.why, t.have, t.cell into why, have, cell from omokit_counter_take(p_brand, p_now, p_bucket, p_id, p_qty, 0, p_hold) t;
    end if;
  elsif p_kind = 'item' then
    select t.why into why from omokit_item_take(p_brand, p_now, p_bucket, p_id, p_hold, p_owner, p_order, p_settle) t;
  else
    select t.why, t.have, t.taken into why, have, taken from omokit_lots_take(p_brand, p_now, p_bucket, p_id, p_qty) t;
  end if;
end $$`

/** Functions that know all three stores. */
export const custodySql: readonly string[] = [giveBack, reclaim, take]
