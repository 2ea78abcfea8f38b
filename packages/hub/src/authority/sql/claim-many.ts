/** One call: see {@link claimMany}. */
const calls = `json_to_recordset(p_calls::json) as x(n int, bucket int, key text, hash text, answer json, coupon text, coupon_bucket int, counter_bucket int,
  version bigint, owner text, owner_bucket int, item text, item_bucket int, code text)`

/**
 * Many claims of one brand in one transaction, as imports and replays make them: one statement takes the keys, the units of
 * members and totals, and makes the items with their ledger. What is not to be had so simply goes the long way, alone and in
 * order: a key seen before, a definition that changed or ended, a limit that would not hold all that ask. Where members are
 * limited and the total is too, one claim that goes the long way takes all of its coupon along, because their order decides.
 * p_calls: JSON array of objects, n their place; → JSON object of answers by place, the one expected where there is none.
 */
const claimMany = `create function omokit_claim_many(p_brand text, p_now bigint, p_calls text) returns text language plpgsql as $$
declare
  v_fresh int[];
  v_granted int[];
  v_back json;
  v_answers jsonb := '{}';
  v_answer text;
  c record;
begin
  perform set_config('role', 'omokit_app', true), set_config('omokit.brand', p_brand, true);
  with calls as materialized (select * from ${calls}),
  firsts as materialized (select distinct on (key) * from calls order by key, n),
  fresh as (
    insert into commands (brand, bucket, key, hash, operation, answer, at)
    select p_brand, bucket, key, hash, 'claim', answer::text, p_now from firsts order by key collate "C" on conflict do nothing returning key
  ),
  open as materialized (
    select f.*, d.per_member, d.total, d.valid_until from firsts f join fresh on fresh.key = f.key
    join coupons d on d.brand = p_brand and d.bucket = f.coupon_bucket and d.id = f.coupon
    where d.version = f.version and d.state = 'active' and (d.valid_until is null or d.valid_until > p_now)
  ),
  owners as (
    insert into coupon_owners as o (brand, bucket, coupon, owner, claimed)
    select p_brand, owner_bucket, coupon, owner, count(*) from open where per_member is not null
      group by owner_bucket, coupon, owner having count(*) <= min(per_member) order by coupon collate "C", owner collate "C"
    on conflict (brand, bucket, coupon, owner) do update set claimed = o.claimed + excluded.claimed
      where o.claimed + excluded.claimed <= (select min(w.per_member) from open w where w.coupon = excluded.coupon)
    returning coupon, owner
  ),
  allowed as materialized (
    select o.*, o.per_member is null or w.owner is not null as within from open o left join owners w on w.coupon = o.coupon and w.owner = o.owner
  ),
  taken as (
    update counters t set used = t.used + s.units from (
      select coupon, counter_bucket, count(*) as units from allowed where total is not null group by coupon, counter_bucket having bool_and(within) order by coupon collate "C"
    ) s where t.brand = p_brand and t.bucket = s.counter_bucket and t.id = 'coupon:' || s.coupon and t.cells = 0 and t.used + t.held + s.units <= t.cap - t.floor
    returning s.coupon
  ),
  granted as materialized (select a.* from allowed a where a.within and (a.total is null or a.coupon in (select t.coupon from taken t))),
  made as (
    insert into items (brand, bucket, id, coupon, code, owner, state, issued_at, expires_at)
    select p_brand, item_bucket, item, coupon, code, owner, 'available', p_now, valid_until from granted
  ),
  noted as (
    insert into ledger (brand, bucket, at, op, kind, right_id, granted, used, ref)
    select p_brand, item_bucket, p_now, 'claim', 'item', item, 1, 0, coupon from granted
    union all
    select p_brand, counter_bucket, p_now, 'claim', 'counter', 'coupon:' || coupon, 0, 1, item from granted where total is not null
  )
  select (select array_agg(n) from firsts join fresh using (key)), (select array_agg(n) from granted),
    (select json_agg(json_build_object('coupon', b.coupon, 'owner', b.owner, 'bucket', b.owner_bucket, 'units', b.units)) from (
      select coupon, owner, owner_bucket, count(*) as units from allowed
      where within and per_member is not null and total is not null and coupon not in (select t.coupon from taken t) group by 1, 2, 3
    ) b)
    into v_fresh, v_granted, v_back;
  if v_back is not null then
    update coupon_owners o set claimed = o.claimed - b.units from json_to_recordset(v_back) as b(coupon text, owner text, bucket int, units bigint)
      where o.brand = p_brand and o.bucket = b.bucket and o.coupon = b.coupon and o.owner = b.owner;
  end if;
  for c in select * from ${calls} where not n = any (coalesce(v_granted, '{}')) order by n loop
    if c.n = any (v_fresh) then
      v_answer := omokit_settle_key(p_brand, c.bucket, c.key, omokit_claim(p_brand, p_now, jsonb_build_object('coupon', c.coupon, 'couponBucket', c.coupon_bucket,
        'counterBucket', c.counter_bucket, 'version', c.version, 'owner', c.owner, 'ownerBucket', c.owner_bucket, 'item', c.item, 'itemBucket', c.item_bucket, 'code', c.code)));
    else
      -- gone: the first of this batch was stale, and so is its repetition
      v_answer := coalesce(omokit_first_answer(p_brand, c.bucket, c.key, c.hash), 'stale');
    end if;
    if v_answer is not null then v_answers := v_answers || jsonb_build_object(c.n::text, v_answer); end if;
  end loop;
  return v_answers::text;
end $$`

/** The door of coupon definitions: sets role and brand, then as \`omokit_coupon_put\`; one round trip. */
const define = `create function omokit_coupon_define(p_brand text, p_now bigint, p_input text) returns text language plpgsql as $$
begin
  perform set_config('role', 'omokit_app', true), set_config('omokit.brand', p_brand, true);
  return omokit_coupon_put(p_brand, p_now, p_input::jsonb);
end $$`

/** Functions for claims by the hundred. */
export const claimManySql: readonly string[] = [claimMany, define]
