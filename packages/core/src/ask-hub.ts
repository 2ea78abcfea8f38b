import { accept, codeOf, refuse, type Issue, type Result } from './issues'
import type { Net } from './ports'

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
    const token = to.memberToken && to.memberToken()
    const answer = await to.net.send({
      url: to.hub + path,
      method,
      headers: {
        authorization: `Bearer ${to.key}`,
        ...(token !== undefined && { 'omokit-member': token }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (answer.status < 300) return accept(JSON.parse(answer.text) as T)
    const issues = (JSON.parse(answer.text) as { issues?: readonly Issue[] }).issues
    return Array.isArray(issues) && issues.length ? { ok: false, issues } : refuse('unavailable', { have: answer.status })
  } catch (error) {
    return refuse(codeOf(error) || 'unavailable', { path })
  }
}
