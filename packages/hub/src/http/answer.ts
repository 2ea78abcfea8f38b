import type { Result } from '@omokit/core'
import { refusalResponse } from './refusal'

/** A `Result` as an HTTP answer: the bare value with 200, or the refusal with its status. */
export function answer<T>(result: Result<T>): Response {
  return result.ok ? json(result.value) : refusalResponse(result)
}

/** 200 with a JSON body. */
export function json(value: unknown): Response {
  return new Response(JSON.stringify(value), { status: 200, headers: { 'content-type': 'application/json' } })
}
