/** `{"ok":false,"issues":[…]}` with one issue; absent parts are left out. */
export const refuseSql: string = `create function omokit_refuse(p_code text, p_path text default null, p_have bigint default null, p_need bigint default null)
returns text language sql stable as $$
  select jsonb_build_object('ok', false, 'issues', jsonb_build_array(jsonb_strip_nulls(
    jsonb_build_object('code', p_code, 'path', p_path, 'have', p_have, 'need', p_need))))::text
$$`
