import type { IssueCode, Refusal } from '@omokit/core'

const statuses: Readonly<Partial<Record<IssueCode, number>>> = {
  malformed: 400,
  'duplicate-key': 400,
  invalid: 400,
  'too-deep': 400,
  'too-many': 400,
  'wrong-lane': 400,
  unauthorised: 401,
  forbidden: 403,
  'brand-mismatch': 403,
  'live-key-refused': 403,
  'no-consent': 403,
  'bad-token': 401,
  'token-expired': 401,
  'not-found': 404,
  'no-release': 404,
  'base-lost': 404,
  'too-large': 413,
  'rate-limited': 429,
  unavailable: 503,
}

/** The HTTP answer for a refusal: its first issue decides the status, 409 for business refusals; `Retry-After` when told to wait. */
export function refusalResponse(refusal: Refusal): Response {
  const first = refusal.issues[0]
  const status = (first && statuses[first.code]) ?? 409
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (first?.code === 'rate-limited') headers['retry-after'] = String(Math.max(1, Math.ceil(Number(first.need ?? 1000) / 1000)))
  return new Response(JSON.stringify(refusal), { status, headers })
}
