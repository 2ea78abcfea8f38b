import { toBase64url } from '../base64url'
import type { Json } from '../facts'
import { accept, codeOf, OmoError, refuse } from '../issues'
import type { Issue, Result } from '../issues'
import { backoff, jitter } from '../outbox/backoff'
import { retryAfter } from '../retry-after'
import { sha256 } from '../sha256'
import { utf8 } from '../utf8'
import type { BatchedCommand, CommandAnswers, CommandRequest, Commands, CommandsOptions, JournalledCommand, Occasion, Operation } from './commands'

const mostInBatch = 200
/** Longest pause between two attempts of one call, milliseconds: somebody stands at the till. */
const longestPause = 10_000

/** What came back: an answer that stands, or none that does. */
interface Outcome<T> {
  readonly value: T
  /** The hub has decided: the journal may forget. */
  readonly definite: boolean
}

/**
 * Makes the command client; see {@link Commands} for what it promises. Nothing is touched before the first call.
 *
 * @example
 * const commands = createCommands({ ports, clock, hub: 'https://hub.example', key })
 * const held = await commands.call('hold', { order: 'o-1', right: 'coupon-7' }, { order: 'o-1', rights: [{ kind: 'item', id: 'coupon-7', qty: 1 }], ttlMs: 600_000 })
 */
export function createCommands(options: CommandsOptions): Commands {
  const { ports, clock, attempts = 4 } = options
  const { kv, net, timer, env } = ports

  /** Writes the entry before the first send and takes it away after the last answer. */
  async function settled<T>(name: string, commands: readonly JournalledCommand[], send: (fresh: boolean) => Promise<Outcome<T>>): Promise<T> {
    const entry = 'cmd/' + name
    const known = (await kv.get(entry)) !== null
    if (!known) await kv.set(entry, JSON.stringify(commands))
    const { value, definite } = await send(!known)
    // an entry that stays is only asked again
    if (definite) await kv.del(entry).catch(() => undefined)
    return value
  }

  /** POSTs until there is an answer that stands, or the attempts are used up. */
  async function post(path: string, body: unknown, fresh: boolean): Promise<Outcome<Result<unknown>>> {
    let issue: Issue = { code: 'unavailable' }
    for (let attempt = 0; attempt < attempts; attempt++) {
      let pause = 0
      try {
        const token = options.memberToken && options.memberToken()
        const { status, headers, text } = await net.send({
          url: options.hub + path,
          method: 'POST',
          headers: { authorization: 'Bearer ' + options.key, 'content-type': 'application/json', ...(token ? { 'omokit-member': token } : {}) },
          body: JSON.stringify(body),
        })
        const answer = parse(text)
        if (status === 200 && answer) return { value: accept(answer), definite: true }
        const refusal = answer && refused(answer)
        const standing = status >= 400 && status < 500 && status !== 429 && status !== 408
        if (refusal && standing) {
          // a key or scope that is refused now says nothing about an earlier attempt
          return { value: refusal, definite: (status !== 401 && status !== 403) || (fresh && !attempt) }
        }
        pause = retryAfter(headers)
        issue = { code: status === 429 ? 'rate-limited' : 'unavailable', have: status, ...(pause ? { need: pause } : {}) }
      } catch (error) {
        issue = { code: codeOf(error) || 'unavailable' }
      }
      if (pause > longestPause || attempt + 1 === attempts) break
      const wait = pause || backoff(attempt, 500, longestPause, await jitter(ports.entropy))
      await new Promise<void>((next) => void timer.after(wait, next))
    }
    if (options.onIssue) {
      try {
        options.onIssue({ ...issue, path })
      } catch {
        // the host's own fault must not change the answer
      }
    }
    return { value: { ok: false, issues: [issue] }, definite: false }
  }

  async function sendOne(command: CommandRequest, fresh: boolean): Promise<Outcome<Result<Json>>> {
    const outcome = await post('/v1/commands', command, fresh)
    if (!outcome.value.ok) return outcome as Outcome<Result<Json>>
    const body = outcome.value.value as { readonly ok?: unknown; readonly value: Json }
    return body.ok === true ? { value: accept(body.value), definite: true } : unclear
  }

  async function sendMany(commands: readonly CommandRequest[], fresh: boolean): Promise<Outcome<readonly Result<Json>[]>> {
    const { value, definite } = await post('/v1/commands/batch', { commands }, fresh)
    if (!value.ok) return { value: commands.map(() => value), definite }
    const { answers } = value.value as { readonly answers?: readonly Result<Json>[] }
    if (!Array.isArray(answers) || answers.length !== commands.length) return { value: commands.map(() => unclear.value), definite: false }
    // one that could not be answered now keeps the entry; the others give their first answer again
    return { value: answers, definite: answers.every((answer: Result<Json>) => answer.ok || !answer.issues.some(({ code }) => code === 'unavailable')) }
  }

  const journalled = (operation: Operation, occasion: Occasion, payload: unknown): JournalledCommand => ({
    key: keyOf(env.brand, operation, occasion),
    operation,
    payload: payload as Json,
    at: clock.read().now,
  })

  async function unsettled(): Promise<readonly { readonly name: string; readonly commands: readonly JournalledCommand[] }[]> {
    const entries: { name: string; commands: readonly JournalledCommand[] }[] = []
    for (const key of await kv.keys('cmd/')) {
      const commands = parse((await kv.get(key)) || '')
      if (Array.isArray(commands) && commands.length) entries.push({ name: key.slice(4), commands: commands as JournalledCommand[] })
    }
    return entries.sort((a, b) => (a.commands[0] as JournalledCommand).at - (b.commands[0] as JournalledCommand).at)
  }

  const send = (commands: readonly JournalledCommand[], fresh: boolean): Promise<Outcome<readonly Result<Json>[]>> => {
    const requests = commands.map(({ key, operation, payload }): CommandRequest => ({ key, operation, payload }))
    const [only] = requests
    return only && requests.length === 1 ? sendOne(only, fresh).then(({ value, definite }) => ({ value: [value], definite })) : sendMany(requests, fresh)
  }

  const batch = async <O extends Operation>(commands: readonly BatchedCommand<O>[]): Promise<readonly Result<CommandAnswers[O]>[]> => {
    const answers: Result<Json>[] = []
    for (let from = 0; from < commands.length; from += mostInBatch) {
      const part = commands.slice(from, from + mostInBatch).map(({ operation, occasion, payload }) => journalled(operation, occasion, payload))
      const name = part.length === 1 ? (part[0] as JournalledCommand).key : digest(part.map(({ key }) => key).join('\n'))
      answers.push(...(await settled(name, part, (fresh) => send(part, fresh))))
    }
    return answers as unknown as readonly Result<CommandAnswers[O]>[]
  }

  return {
    batch,
    async call(operation, occasion, payload) {
      const [answer] = await batch([{ operation, occasion, payload }])
      return answer as Result<CommandAnswers[typeof operation]>
    },
    unsettled: async () => (await unsettled()).reduce<readonly JournalledCommand[]>((all, { commands }) => all.concat(commands), []),
    async settle() {
      const answers: Result<Json>[] = []
      for (const { name, commands } of await unsettled()) answers.push(...(await settled(name, commands, () => send(commands, false))))
      return answers
    },
  }
}

const unclear: Outcome<Result<Json>> = { value: refuse('unavailable'), definite: false }

/** The idempotency key of a command, as protocol.md states it. Throws `invalid` for a name with a line break: two could share one key. */
function keyOf(brand: string, operation: Operation, { order, right, occasion = '1' }: Occasion): string {
  const parts = [brand, operation, order, right, occasion]
  if (parts.some((part) => part.indexOf('\n') >= 0)) throw new OmoError('invalid', 'an occasion has no line breaks')
  return digest('omokit.command\n' + parts.join('\n'))
}

const digest = (text: string): string => toBase64url(sha256(utf8(text)))

function refused(answer: object): Result<Json> | undefined {
  const { ok, issues } = answer as { readonly ok?: unknown; readonly issues?: readonly Issue[] }
  return ok === false && Array.isArray(issues) && issues.length ? { ok: false, issues } : undefined
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
