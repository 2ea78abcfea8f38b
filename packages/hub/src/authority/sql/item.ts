/**
 * Takes an item for a hold: available → held (with p_settle: redeemed), one conditional update. p_owner null: whoever presents it (a bearer at the till).
 */
const take = `create function omokit_item_take(p_brand text, p_now bigint, p_bucket int, p_id text, p_hold text, p_owner text, p_order text, p_settle boolean, out why text)
language plpgsql as $$
declare
  i items%rowtype;
begin
  for attempt in 1..2 loop
    update items set state = case when p_settle then 'redeemed' else 'held' end, hold = p_hold, order_id = p_order
      where brand = p_brand and bucket = p_bucket and id = p_id and state = 'available' and (expires_at is null or expires_at > p_now)
        and (p_owner is null or owner is null or owner = p_owner);
    if found then return; end if;
    select * into i from items where brand = p_brand and bucket = p_bucket and id = p_id;
    exit when attempt = 2 or not found or i.state <> 'held' or not omokit_reclaim(p_brand, p_now, 'item', p_bucket, p_id);
  end loop;
  why := case
    when i.id is null then 'not-available'
    when p_owner is not null and i.owner is not null and i.owner <> p_owner then 'not-owner'
    when i.state = 'held' then 'already-held'
    when i.state in ('redeemed', 'redeemed-provisional', 'conflict') then 'already-redeemed'
    when i.state = 'expired' or i.expires_at <= p_now then 'expired'
    else 'not-available' end;
end $$`

/** Functions of the item store. */
export const itemSql: readonly string[] = [take]
