import { hubRequest, isRefusal } from '../ask-hub'
import { toBase64url } from '../base64url'
import type { Json } from '../facts'
import { codeOf, OmoError } from '../issues'
import { parse } from '../parse'
import type { Issue, Result } from '../issues'
import { backoff, jitter } from '../outbox/backoff'
import { retryAfter } from '../retry-after'
import { sha256 } from '../sha256'
import { utf8 } from '../utf8'
import type { BatchedCommand, CommandAnswers, Commands, CommandsOptions, JournalledCommand, Occasion, Operation } from './commands'

const mostInBatch = 200
/** Longest pause between two attempts of one call, milliseconds: somebody stands at the till. */
const longestPause = 10_000

/** Commands as they stand in the journal, under the name of their entry. */
interface Entry {
  readonly name: string
  readonly commands: readonly JournalledCommand[]
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

  /**
   * Sends what stands in the journal until there is an answer to each command that stands, with which the entry goes, or the
   * attempts are used up.
   */
  async function settle({ name, commands }: Entry, fresh: boolean): Promise<readonly Result<Json>[]> {
    const answered = async (answers: readonly Result<Json>[], decided: boolean): Promise<readonly Result<Json>[]> => {
      // an entry that stays is only asked again
      if (decided) await kv.del(name).catch(() => undefined)
      return answers
    }
    const requests = commands.map(({ key, operation, payload }) => ({ key, operation, payload }))
    const one = requests.length === 1
    const path = one ? '/v1/commands' : '/v1/commands/batch'
    let issue: Issue = { code: 'unavailable' }
    for (let attempt = 0; attempt < attempts; attempt++) {
      let pause = 0
      try {
        const { status, headers, text } = await net.send(hubRequest(options, 'POST', path, JSON.stringify(one ? requests[0] : { commands: requests })))
        const body = parse(text)
        const answers = status === 200 && (one ? [body] : (Object(body) as { readonly answers?: unknown }).answers)
        if (areAnswers(answers) && answers.length === commands.length)
          // one that could not be answered now keeps the entry; the others give their first answer again
          return answered(
            answers,
            answers.every((answer) => answer.ok || answer.issues.every(({ code }) => code !== 'unavailable')),
          )
        if (isRefusal(body) && status >= 400 && status < 500 && status !== 429 && status !== 408)
          // a key or scope that is refused now says nothing about an earlier attempt
          return answered(
            commands.map(() => body),
            (status !== 401 && status !== 403) || (fresh && !attempt),
          )
        pause = retryAfter(headers)
        issue = { code: status === 429 ? 'rate-limited' : 'unavailable', have: status, need: pause || undefined } as Issue
      } catch (error) {
        issue = { code: codeOf(error) || 'unavailable' }
      }
      if (pause > longestPause || attempt + 1 === attempts) break
      const wait = pause || backoff(attempt, 500, longestPause, await jitter(ports.entropy))
      await new Promise<void>((next) => void timer.after(wait, next))
    }
    try {
      if (options.onIssue) options.onIssue(Object.assign({ path }, issue))
    } catch {
      // the host's own fault must not change the answer
    }
    return commands.map(() => ({ ok: false, issues: [issue] }))
  }

  async function unsettled(): Promise<readonly Entry[]> {
    const entries: Entry[] = []
    for (const name of await kv.keys(prefix)) {
      const commands = parse((await kv.get(name)) || '')
      if (Array.isArray(commands) && commands.length) entries.push({ name, commands: commands as JournalledCommand[] })
    }
    return entries.sort((a, b) => (a.commands[0] as JournalledCommand).at - (b.commands[0] as JournalledCommand).at)
  }

  const batch = async <O extends Operation>(all: readonly BatchedCommand<O>[]): Promise<readonly Result<CommandAnswers[O]>[]> => {
    const answers: Result<Json>[] = []
    for (let from = 0; from < all.length; from += mostInBatch) {
      const commands = all.slice(from, from + mostInBatch).map(
        ({ operation, occasion, payload }): JournalledCommand => ({
          key: keyOf(env.brand, operation, occasion),
          operation,
          payload: payload as unknown as Json,
          at: clock.read().now,
        }),
      )
      const keys = commands.map(({ key }) => key)
      const name = prefix + (keys[1] ? digest(keys.join('\n')) : keys[0])
      // written before the first attempt
      const fresh = (await kv.get(name)) === null
      if (fresh) await kv.set(name, JSON.stringify(commands))
      answers.push(...(await settle({ name, commands }, fresh)))
    }
    return answers as unknown as readonly Result<CommandAnswers[O]>[]
  }

  return {
    batch,
    async call(operation, occasion, payload) {
      const [answer] = await batch([{ operation, occasion, payload }])
      return answer as Result<CommandAnswers[typeof operation]>
    },
    unsettled: async () => ([] as JournalledCommand[]).concat(...(await unsettled()).map(({ commands }) => commands)),
    async settle() {
      const answers: Result<Json>[] = []
      for (const entry of await unsettled()) answers.push(...(await settle(entry, false)))
      return answers
    },
  }
}

/** Before the names of journal entries in the store. */
const prefix = 'cmd/'

/** The idempotency key of a command, as protocol.md states it. Throws `invalid` for a name with a line break: two could share one key. */
function keyOf(brand: string, operation: Operation, { order, right, occasion = '1' }: Occasion): string {
  const parts = [brand, operation, order, right, occasion]
  if (parts.some((part) => part.indexOf('\n') >= 0)) throw new OmoError('invalid', 'an occasion has no line breaks')
  return digest('omokit.command\n' + parts.join('\n'))
}

const digest = (text: string): string => toBase64url(sha256(utf8(text)))

const areAnswers = (list: unknown): list is readonly Result<Json>[] =>
  Array.isArray(list) && list.every((answer) => (Object(answer) as { readonly ok?: unknown }).ok === true || isRefusal(answer))
