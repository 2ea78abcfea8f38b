import { accept, codeOf, refuse, type Refusal, type Result } from './issues'
import type { Net, NetRequest } from './ports'

/** Where the hub is and who asks. */
export interface HubAddress {
  readonly net: Net
  /** Base URL without a trailing slash. */
  readonly hub: string
  readonly key: string
  readonly memberToken?: () => string | undefined
}

/**
 * One call to the hub, answered as a {@link Result}: the parsed body of a 2xx, the hub's own issues of a refusal, or
 * `unavailable` / `timeout` when there was no usable answer. Never rejects. For calls that must take effect at most once
 * use `createCommands`.
 */
export async function askHub<T>(to: HubAddress, method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<Result<T>> {
  try {
    const { status, text } = await to.net.send(hubRequest(to, method, path, JSON.stringify(body)))
    const answer: unknown = JSON.parse(text)
    if (status < 300) return accept(answer as T)
    return isRefusal(answer) ? answer : refuse('unavailable', { have: status })
  } catch (error) {
    return refuse(codeOf(error) || 'unavailable', { path })
  }
}

/** The request of a call, `body` as JSON: who asks stands in its head. */
export function hubRequest({ hub, key, memberToken }: Omit<HubAddress, 'net'>, method: NetRequest['method'], path: string, body?: string): NetRequest {
  const token = memberToken && memberToken()
  const headers: Record<string, string> = { authorization: 'Bearer ' + key }
  if (token) headers['omokit-member'] = token
  if (body) headers['content-type'] = 'application/json'
  return Object.assign({ url: hub + path, method, headers }, body && { body }) as NetRequest
}

/** Whether it is the hub itself that says no, not some box in between. */
export function isRefusal(answer: unknown): answer is Refusal {
  const { ok, issues } = Object(answer) as Partial<Refusal>
  return ok === false && Array.isArray(issues) && issues.length > 0
}
