import { claimManySql } from '../../authority/sql/claim-many'
import type { Migration } from '../migrate'

/** Claims of a batch in few statements. */
export const claimMany: Migration = { name: '0003_claim_many', statements: claimManySql }
