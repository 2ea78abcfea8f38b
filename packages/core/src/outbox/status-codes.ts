import type { IssueCode } from '../issues'

/** What a status says where the body says nothing. */
export const statusCodes: Readonly<Record<number, IssueCode>> = { 401: 'unauthorised', 403: 'forbidden', 429: 'rate-limited' }
