/**
 * Moves units of a counter that are already counted: held → used, held → free, used → free. Its row, or the cell the units
 * were taken from.
 */
const move = `create function omokit_counter_move(p_brand text, p_bucket int, p_id text, p_cell int, p_held bigint, p_used bigint)
returns void language plpgsql as $$
begin
  update counters set held = held + p_held, used = used + p_used where brand = p_brand and bucket = p_bucket and id = p_id and cells = 0;
  if found then return; end if;
  update counter_cells set held = held + p_held, used = used + p_used where brand = p_brand and bucket = p_bucket and id = p_id and cell = p_cell;
end $$`

/**
 * Takes units of a counter, to held or at once to used: one conditional update of its row. An escrowed counter takes them
 * from any of its cells that nobody else is writing; only when no free cell has enough are all locked, in order, and the
 * rest of their shares put together. p_floor: units that must be left over (null: the counter's own floor).
 */
const take = `create function omokit_counter_take(p_brand text, p_now bigint, p_bucket int, p_id text, p_held bigint, p_used bigint, p_seed text,
  out why text, out have bigint, out cell int)
language plpgsql as $$
declare
  q bigint := p_held + p_used;
  n int;
  lack bigint;
  c record;
begin
  cell := 0;
  for attempt in 1..2 loop
    update counters t set held = t.held + p_held, used = t.used + p_used
      where t.brand = p_brand and t.bucket = p_bucket and t.id = p_id and t.cells = 0 and t.used + t.held + q <= t.cap - t.floor;
    if found then return; end if;
    select t.cells, t.cap - t.floor - t.used - t.held into n, have from counters t where t.brand = p_brand and t.bucket = p_bucket and t.id = p_id;
    if not found then why := 'not-found'; return; end if;
    if n > 0 then
      update counter_cells t set held = t.held + p_held, used = t.used + p_used
        where t.brand = p_brand and t.bucket = p_bucket and t.id = p_id and t.cell = (
          select f.cell from counter_cells f where f.brand = p_brand and f.bucket = p_bucket and f.id = p_id and f.used + f.held + q <= f.cap
          order by (f.cell + (hashtext(p_seed) & 1023)) % n limit 1 for update skip locked)
        returning t.cell into cell;
      if found then return; end if;
      -- none free enough alone: what is committed tells whether locking them all can help
      select sum(f.cap - f.used - f.held) into have from counter_cells f where f.brand = p_brand and f.bucket = p_bucket and f.id = p_id;
      if have >= q then
        perform 1 from counter_cells f where f.brand = p_brand and f.bucket = p_bucket and f.id = p_id order by f.cell for update;
        select sum(f.cap - f.used - f.held) into have from counter_cells f where f.brand = p_brand and f.bucket = p_bucket and f.id = p_id;
        if have >= q then
          select f.cell, q - (f.cap - f.used - f.held) into cell, lack from counter_cells f
            where f.brand = p_brand and f.bucket = p_bucket and f.id = p_id order by f.cap - f.used - f.held desc, f.cell limit 1;
          for c in select f.cell, f.cap - f.used - f.held as free from counter_cells f
            where f.brand = p_brand and f.bucket = p_bucket and f.id = p_id and f.cell <> omokit_counter_take.cell and f.cap > f.used + f.held order by f.cell loop
            exit when lack <= 0;
            update counter_cells f set cap = f.cap - least(lack, c.free) where f.brand = p_brand and f.bucket = p_bucket and f.id = p_id and f.cell = c.cell;
            update counter_cells f set cap = f.cap + least(lack, c.free)
              where f.brand = p_brand and f.bucket = p_bucket and f.id = p_id and f.cell = omokit_counter_take.cell;
            lack := lack - c.free;
          end loop;
          update counter_cells f set held = f.held + p_held, used = f.used + p_used
            where f.brand = p_brand and f.bucket = p_bucket and f.id = p_id and f.cell = omokit_counter_take.cell;
          return;
        end if;
      end if;
    end if;
    -- holds past their time still stand in held: give them back, once, and try again
    exit when attempt = 2 or not omokit_reclaim(p_brand, p_now, 'counter', p_bucket, p_id);
  end loop;
  why := 'exhausted';
  cell := 0;
end $$`

/**
 * Creates a counter or changes its limit. Never below what is used and held: then `exhausted` with both numbers. More cells
 * spread a hot counter; a counter once spread stays so.
 */
const put = `create function omokit_counter_put(p_brand text, p_bucket int, p_id text, p_cap bigint, p_floor bigint, p_cells int)
returns text language plpgsql as $$
declare
  c counters%rowtype;
  taken bigint;
  share bigint;
  old_cells int;
begin
  insert into counters (brand, bucket, id, cap, floor) values (p_brand, p_bucket, p_id, 0, p_floor) on conflict do nothing;
  select * into c from counters where brand = p_brand and bucket = p_bucket and id = p_id for update;
  old_cells := c.cells;
  perform 1 from counter_cells where brand = p_brand and bucket = p_bucket and id = p_id order by cell for update;
  select c.used + c.held + coalesce(sum(used + held), 0) into taken from counter_cells where brand = p_brand and bucket = p_bucket and id = p_id;
  if p_cap - p_floor < taken then return omokit_refuse('exhausted', 'limit', p_cap - p_floor, taken); end if;
  if p_cells > 0 or old_cells > 0 then
    for i in 0..greatest(p_cells, old_cells) - 1 loop
      insert into counter_cells (brand, bucket, id, cell, cap, used, held)
        values (p_brand, p_bucket, p_id, i, case when i = 0 then c.used + c.held else 0 end, case when i = 0 then c.used else 0 end, case when i = 0 then c.held else 0 end)
        on conflict do nothing;
    end loop;
    -- what is free is dealt out evenly, the rest to the first cells
    share := (p_cap - p_floor - taken) / greatest(p_cells, old_cells);
    update counter_cells set cap = used + held + share + case when cell < (p_cap - p_floor - taken) % greatest(p_cells, old_cells) then 1 else 0 end
      where brand = p_brand and bucket = p_bucket and id = p_id;
    update counters set cap = p_cap, floor = p_floor, cells = greatest(p_cells, old_cells), used = 0, held = 0
      where brand = p_brand and bucket = p_bucket and id = p_id;
  else
    update counters set cap = p_cap, floor = p_floor where brand = p_brand and bucket = p_bucket and id = p_id;
  end if;
  return null;
end $$`

/** Functions of the counter store. */
export const counterSql: readonly string[] = [move, take, put]
