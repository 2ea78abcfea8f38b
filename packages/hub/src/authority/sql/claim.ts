/**
 * Makes an item of a coupon for one owner, conditional on the limit per member and the coupon's total (the counter
 * `coupon:<id>`). The caller's answer was made from one version of the definition; `stale`: read it again.
 */
const claim = `create function omokit_claim(p_brand text, p_now bigint, p jsonb) returns text language plpgsql as $$
declare
  c coupons%rowtype;
  t record;
  v_coupon text := p ->> 'coupon';
  v_bucket int := (p ->> 'couponBucket')::int;
  v_owner text := p ->> 'owner';
begin
  select * into c from coupons where brand = p_brand and bucket = v_bucket and id = v_coupon;
  if not found then return omokit_refuse('unknown-coupon', 'coupon'); end if;
  if c.version <> (p ->> 'version')::bigint then return 'stale'; end if;
  if c.state <> 'active' then return omokit_refuse('not-available', 'coupon'); end if;
  if c.valid_until <= p_now then return omokit_refuse('expired', 'coupon'); end if;
  if c.per_member is not null then
    insert into coupon_owners as o (brand, bucket, coupon, owner, claimed) values (p_brand, (p ->> 'ownerBucket')::int, v_coupon, v_owner, 1)
      on conflict (brand, bucket, coupon, owner) do update set claimed = o.claimed + 1 where o.claimed < c.per_member;
    if not found then
      return omokit_refuse(case when c.per_member = 1 then 'already-claimed' else 'limit-per-customer' end, 'coupon', c.per_member, c.per_member + 1);
    end if;
  end if;
  if c.total is not null then
    t := omokit_counter_take(p_brand, p_now, (p ->> 'counterBucket')::int, 'coupon:' || v_coupon, 0, 1, p ->> 'item');
    if t.why is not null then
      if c.per_member is not null then
        update coupon_owners set claimed = claimed - 1 where brand = p_brand and bucket = (p ->> 'ownerBucket')::int and coupon = v_coupon and owner = v_owner;
      end if;
      return omokit_refuse('exhausted', 'coupon', 0, 1);
    end if;
    insert into ledger (brand, bucket, at, op, kind, right_id, used, ref)
      values (p_brand, (p ->> 'counterBucket')::int, p_now, 'claim', 'counter', 'coupon:' || v_coupon, 1, p ->> 'item');
  end if;
  insert into items (brand, bucket, id, coupon, code, owner, state, issued_at, expires_at)
    values (p_brand, (p ->> 'itemBucket')::int, p ->> 'item', v_coupon, p ->> 'code', v_owner, 'available', p_now, c.valid_until);
  insert into ledger (brand, bucket, at, op, kind, right_id, granted, ref)
    values (p_brand, (p ->> 'itemBucket')::int, p_now, 'claim', 'item', p ->> 'item', 1, v_coupon);
  return null;
end $$`

/** Defines a coupon or changes its definition; its total becomes the counter `coupon:<id>`. */
const put = `create function omokit_coupon_put(p_brand text, p_now bigint, p jsonb) returns text language plpgsql as $$
declare
  why text;
begin
  if (p ->> 'total')::bigint is not null then
    why := omokit_counter_put(p_brand, (p ->> 'counterBucket')::int, 'coupon:' || (p ->> 'id'), (p ->> 'total')::bigint, 0, coalesce((p ->> 'cells')::int, 0));
    if why is not null then return why; end if;
  end if;
  insert into coupons as c (brand, bucket, id, version, name, rule, total, per_member, valid_until, offline, labels)
    values (p_brand, (p ->> 'bucket')::int, p ->> 'id', 1, p ->> 'name', p ->> 'rule', (p ->> 'total')::bigint, (p ->> 'perMember')::bigint,
      (p ->> 'validUntil')::bigint, p ->> 'offline', p ->> 'labels')
    on conflict (brand, bucket, id) do update set version = c.version + 1, name = excluded.name, rule = excluded.rule, total = excluded.total,
      per_member = excluded.per_member, valid_until = excluded.valid_until, offline = excluded.offline, labels = excluded.labels;
  return null;
end $$`

/** Functions of coupon definitions and `claim`. */
export const claimSql: readonly string[] = [claim, put]
