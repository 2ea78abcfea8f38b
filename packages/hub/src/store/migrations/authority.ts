import { claimSql } from '../../authority/sql/claim'
import { commandSql } from '../../authority/sql/command'
import { counterSql } from '../../authority/sql/counter'
import { custodySql } from '../../authority/sql/custody'
import { holdSql } from '../../authority/sql/hold'
import { holdManySql } from '../../authority/sql/hold-many'
import { itemSql } from '../../authority/sql/item'
import { leaseSql } from '../../authority/sql/lease'
import { lotsSql } from '../../authority/sql/lots'
import { refuseSql } from '../../authority/sql/refuse'
import { settleSql } from '../../authority/sql/settle'
import { authorityGrants, authorityIndexes, authorityTables } from '../../authority/sql/tables'
import type { Migration } from '../migrate'
import { protect } from '../protect'

/** Counters, items, lots and members, and the functions that are the only way to change them. */
export const authority: Migration = {
  name: '0002_authority',
  statements: [
    ...Object.entries(authorityTables).map(([name, columns]) => `create table ${name} (${columns})`),
    ...authorityIndexes,
    ...Object.keys(authorityTables).flatMap(protect),
    ...authorityGrants,
    refuseSql,
    ...counterSql,
    ...itemSql,
    ...lotsSql,
    ...custodySql,
    ...holdSql,
    ...settleSql,
    ...claimSql,
    ...leaseSql,
    ...commandSql,
    ...holdManySql,
  ],
}
