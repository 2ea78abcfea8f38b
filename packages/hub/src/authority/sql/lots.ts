/**
 * Takes points of a member from the lots that expire first, under the account's row lock. Points owed are not available.
 * taken: JSON [[order, line, points], …] in the order they were taken.
 */
const take = `create function omokit_lots_take(p_brand text, p_now bigint, p_bucket int, p_member text, p_qty bigint, out why text, out have bigint, out taken text)
language plpgsql as $$
declare
  owed bigint;
  want bigint := p_qty;
  part bigint;
  l record;
  list jsonb := '[]';
begin
  have := 0;
  select debt into owed from accounts where brand = p_brand and bucket = p_bucket and member = p_member for update;
  if not found then why := 'points-short'; return; end if;
  for attempt in 1..2 loop
    select coalesce(sum(remaining), 0) - owed into have from lots
      where brand = p_brand and bucket = p_bucket and member = p_member and (expires_at is null or expires_at > p_now);
    exit when have >= p_qty or attempt = 2 or not omokit_reclaim(p_brand, p_now, 'lots', p_bucket, p_member);
  end loop;
  if have < p_qty then why := 'points-short'; have := greatest(have, 0); return; end if;
  for l in select order_id, line, remaining from lots
    where brand = p_brand and bucket = p_bucket and member = p_member and remaining > 0 and (expires_at is null or expires_at > p_now)
    order by expires_at nulls last, at, order_id, line loop
    exit when want = 0;
    part := least(want, l.remaining);
    update lots set remaining = remaining - part where brand = p_brand and bucket = p_bucket and member = p_member and order_id = l.order_id and line = l.line;
    list := list || jsonb_build_array(jsonb_build_array(l.order_id, l.line, part));
    want := want - part;
  end loop;
  taken := list::text;
end $$`

/**
 * Gives points back to the lots they came from, the last taken first; answers what is still out, in the same form.
 * Points keep the expiry of their lot.
 */
const giveBack = `create function omokit_lots_give_back(p_brand text, p_bucket int, p_member text, p_taken text, p_qty bigint)
returns text language plpgsql as $$
declare
  list jsonb := p_taken::jsonb;
  left_over bigint := p_qty;
  last int;
  part bigint;
begin
  perform 1 from accounts where brand = p_brand and bucket = p_bucket and member = p_member for update;
  while left_over > 0 and jsonb_array_length(list) > 0 loop
    last := jsonb_array_length(list) - 1;
    part := least(left_over, (list -> last ->> 2)::bigint);
    update lots set remaining = remaining + part
      where brand = p_brand and bucket = p_bucket and member = p_member and order_id = list -> last ->> 0 and line = list -> last ->> 1;
    if part = (list -> last ->> 2)::bigint then list := list - last;
    else list := jsonb_set(list, array[last::text, '2'], to_jsonb((list -> last ->> 2)::bigint - part));
    end if;
    left_over := left_over - part;
  end loop;
  return list::text;
end $$`

/**
 * Takes back what returned units of one lot had earned: floor(points × returned ÷ units) in all, so that a whole return
 * takes all and the parts never more. First from the lot itself, then from the member's other lots, then as debt; with
 * p_forgive what cannot be taken is let go. Answers the points taken back now.
 */
const claw = `create function omokit_lot_claw(p_brand text, p_now bigint, p_bucket int, p_member text, p_order text, p_line text, p_ref text, p_forgive boolean)
returns bigint language plpgsql as $$
declare
  l lots%rowtype;
  o record;
  due bigint;
  want bigint;
  part bigint;
begin
  select * into l from lots where brand = p_brand and bucket = p_bucket and member = p_member and order_id = p_order and line = p_line;
  if l.points is null or l.returned = 0 then return 0; end if;
  due := div(l.points::numeric * least(l.returned, l.units), l.units)::bigint - l.clawed;
  if due <= 0 then return 0; end if;
  want := due;
  for o in select order_id, line, remaining from lots where brand = p_brand and bucket = p_bucket and member = p_member and remaining > 0
    and ((order_id = p_order and line = p_line) or expires_at is null or expires_at > p_now)
    order by (order_id = p_order and line = p_line) desc, expires_at nulls last, at, order_id, line loop
    exit when want = 0;
    part := least(want, o.remaining);
    update lots set remaining = remaining - part where brand = p_brand and bucket = p_bucket and member = p_member and order_id = o.order_id and line = o.line;
    want := want - part;
  end loop;
  if want > 0 and not p_forgive then
    update accounts set debt = debt + want where brand = p_brand and bucket = p_bucket and member = p_member;
  end if;
  update lots set clawed = clawed + due where brand = p_brand and bucket = p_bucket and member = p_member and order_id = p_order and line = p_line;
  insert into ledger (brand, bucket, at, op, kind, right_id, granted, ref, order_id, detail)
    values (p_brand, p_bucket, p_now, 'clawback', 'lots', p_member, case when p_forgive then want - due else -due end, p_ref, p_order,
      jsonb_build_object('line', p_line, 'debt', case when p_forgive then 0 else want end, 'forgiven', case when p_forgive then want else 0 end)::text);
  return due;
end $$`

/**
 * Credits the points an order earned, line by line: p_lines [{line, points, units}]. A line is credited once, whatever comes
 * how often; debt is paid first; a return that came before is taken off at once. Answers the points credited now.
 */
const earn = `create function omokit_points_earn(p_brand text, p_now bigint, p_bucket int, p_member text, p_order text, p_lines text, p_expires bigint, p_forgive boolean)
returns bigint language plpgsql as $$
declare
  l record;
  owed bigint;
  pay bigint;
  credited bigint := 0;
begin
  insert into accounts (brand, bucket, member) values (p_brand, p_bucket, p_member) on conflict do nothing;
  perform 1 from accounts where brand = p_brand and bucket = p_bucket and member = p_member for update;
  for l in select * from jsonb_to_recordset(p_lines::jsonb) as x(line text, points bigint, units bigint) order by line collate "C" loop
    select debt into owed from accounts where brand = p_brand and bucket = p_bucket and member = p_member;
    pay := least(owed, l.points);
    insert into lots as t (brand, bucket, member, order_id, line, points, units, remaining, at, expires_at)
      values (p_brand, p_bucket, p_member, p_order, l.line, l.points, greatest(l.units, 1), l.points - pay, p_now, p_expires)
      on conflict (brand, bucket, member, order_id, line) do update
        set points = excluded.points, units = excluded.units, remaining = excluded.remaining, at = excluded.at, expires_at = excluded.expires_at
        where t.points is null;
    if found then
      if pay > 0 then update accounts set debt = debt - pay where brand = p_brand and bucket = p_bucket and member = p_member; end if;
      insert into ledger (brand, bucket, at, op, kind, right_id, granted, order_id, detail)
        values (p_brand, p_bucket, p_now, 'earn', 'lots', p_member, l.points, p_order, jsonb_build_object('line', l.line, 'paid', pay)::text);
      credited := credited + l.points - omokit_lot_claw(p_brand, p_now, p_bucket, p_member, p_order, l.line, 'early return', p_forgive);
    end if;
  end loop;
  return credited;
end $$`

/**
 * Takes back points for returned units: p_lines [{line, units}] of one return document, which counts once for each line.
 * Answers the points taken back now.
 */
const giveUp = `create function omokit_points_return(p_brand text, p_now bigint, p_bucket int, p_member text, p_order text, p_document text, p_lines text, p_forgive boolean)
returns bigint language plpgsql as $$
declare
  l record;
  clawed bigint := 0;
begin
  insert into accounts (brand, bucket, member) values (p_brand, p_bucket, p_member) on conflict do nothing;
  perform 1 from accounts where brand = p_brand and bucket = p_bucket and member = p_member for update;
  for l in select line, sum(units)::bigint as units from jsonb_to_recordset(p_lines::jsonb) as x(line text, units bigint) group by line order by line collate "C" loop
    insert into lots (brand, bucket, member, order_id, line, at) values (p_brand, p_bucket, p_member, p_order, l.line, p_now) on conflict do nothing;
    update lots set returned = returned + l.units, documents = (documents::jsonb || jsonb_build_object(p_document, l.units))::text
      where brand = p_brand and bucket = p_bucket and member = p_member and order_id = p_order and line = l.line and not documents::jsonb ? p_document;
    if found then clawed := clawed + omokit_lot_claw(p_brand, p_now, p_bucket, p_member, p_order, l.line, p_document, p_forgive); end if;
  end loop;
  return clawed;
end $$`

/** Functions of the lots store. */
export const lotsSql: readonly string[] = [take, giveBack, claw, earn, giveUp]
