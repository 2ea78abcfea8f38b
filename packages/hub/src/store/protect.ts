/**
 * The statements that put a table behind row-level security: even its owner sees only rows of the brand named by
 * `omokit.brand`, and none when no brand is named.
 */
export function protect(table: string): readonly string[] {
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `create policy brand_only on ${table} using (brand = current_setting('omokit.brand', true)) with check (brand = current_setting('omokit.brand', true))`,
    `grant select, insert, update, delete on ${table} to omokit_app`,
  ]
}
