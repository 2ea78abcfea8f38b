/** What a key was answered first, or that it was used for something else. */
const firstAnswer = `create function omokit_first_answer(p_brand text, p_bucket int, p_key text, p_hash text) returns text language plpgsql as $$
declare
  c commands%rowtype;
begin
  select * into c from commands where brand = p_brand and bucket = p_bucket and key = p_key;
  if c.hash <> p_hash then return omokit_refuse('key-reused', 'key'); end if;
  return c.answer;
end $$`

/** Keeps the answer an operation really had, unless it is the one expected (null). A stale one leaves no trace of the key. */
const settleKey = `create function omokit_settle_key(p_brand text, p_bucket int, p_key text, p_answer text) returns text language plpgsql as $$
begin
  if p_answer = 'stale' then delete from commands where brand = p_brand and bucket = p_bucket and key = p_key;
  elsif p_answer is not null then update commands set answer = p_answer where brand = p_brand and bucket = p_bucket and key = p_key;
  end if;
  return p_answer;
end $$`

/**
 * The door for commands, one statement and one round trip: sets role and brand, takes the idempotency key, runs the
 * operation, and leaves its answer under the key in the same transaction. The answer expected is written first and
 * corrected only when the operation ends otherwise. A second call under the key waits for the first and gets its answer.
 * Null: the answer expected.
 */
const command = `create function omokit_command(p_brand text, p_bucket int, p_key text, p_hash text, p_operation text, p_now bigint, p_input text, p_answer text)
returns text language plpgsql as $$
declare
  p jsonb := p_input::jsonb;
begin
  perform set_config('role', 'omokit_app', true), set_config('omokit.brand', p_brand, true);
  insert into commands (brand, bucket, key, hash, operation, answer, at) values (p_brand, p_bucket, p_key, p_hash, p_operation, p_answer, p_now) on conflict do nothing;
  if not found then return omokit_first_answer(p_brand, p_bucket, p_key, p_hash); end if;
  return omokit_settle_key(p_brand, p_bucket, p_key, case p_operation
    when 'hold' then omokit_hold(p_brand, p_now, p)
    when 'confirm' then omokit_confirm(p_brand, p_now, p)
    when 'release' then omokit_release(p_brand, p_now, p)
    when 'reverse' then omokit_reverse(p_brand, p_now, p)
    when 'claim' then omokit_claim(p_brand, p_now, p)
    when 'lease' then omokit_lease(p_brand, p_now, p)
    when 'lease-return' then omokit_lease_return(p_brand, p_now, p)
  end);
end $$`

/**
 * Many commands of one brand in one transaction, in order, each with its own key and answer: p_calls
 * [[bucket, key, hash, operation, input, answer], …] → JSON array of answers as texts, null where the one expected holds.
 */
const commands = `create function omokit_commands(p_brand text, p_now bigint, p_calls text) returns text language sql as $$
  select jsonb_agg(omokit_command(p_brand, (e ->> 0)::int, e ->> 1, e ->> 2, e ->> 3, p_now, e ->> 4, e ->> 5) order by n)::text
  from jsonb_array_elements(p_calls::jsonb) with ordinality as calls(e, n)
$$`

/** The functions behind `POST /v1/commands` and `/v1/commands/batch`. */
export const commandSql: readonly string[] = [firstAnswer, settleKey, command, commands]
