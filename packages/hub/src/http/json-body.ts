import { accept, refuse, type Result } from '@omokit/core'
import type { HubLimits } from './limits'
import { readBody } from './read-body'
import { scanJson } from './strict-json'

/** A JSON object from a request, with the caps checked before it is parsed. Issues: too-large, malformed, duplicate-key, too-deep, invalid. */
export async function jsonBody(request: Request, limits: HubLimits): Promise<Result<Readonly<Record<string, unknown>>>> {
  const body = await readBody(request, limits.bodyBytes)
  if (!body.ok) return body
  const scan = scanJson(body.value, { depth: limits.depth })
  if (scan.issue) return refuse(scan.issue, scan.at === undefined ? {} : { path: `character ${scan.at}` })
  const value: unknown = JSON.parse(body.value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('invalid', { need: 'object' })
  return accept(value as Readonly<Record<string, unknown>>)
}
