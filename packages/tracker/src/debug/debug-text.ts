import type { Issue } from '@omokit/core'
import type { DebugSnapshot } from './create-debug'
import { labels } from './labels'

/**
 * A snapshot as lines of text, for the console of a mini-program or a server.
 *
 * @example
 * console.log(debugText(await debug.snapshot(shop.outbox)))
 */
export function debugText(snapshot: DebugSnapshot, language: 'zh' | 'en' = 'en'): string {
  const { queue, streams, events, issues, refused } = sections(snapshot, language)
  const part = (title: string, rows: readonly string[]): readonly string[] => (rows.length ? [title, ...rows.map((row) => `  ${row}`)] : [])
  const words = labels[language]
  return [queue, ...part(words.streams, streams), ...part(words.quarantine, refused), ...part(words.issues, issues), ...part(words.events, events)].join('\n')
}

/** The rows of a snapshot in words. */
export function sections(
  { pending, streams, events, issues, refused }: DebugSnapshot,
  language: 'zh' | 'en',
): Readonly<Record<'streams' | 'events' | 'issues' | 'refused', readonly string[]>> & { readonly queue: string } {
  const words = labels[language]
  return {
    queue: `${words.queue}: ${pending === undefined ? '?' : pending}`,
    streams: streams.map(
      ({ stream, lane, head, acked, pending: waits, gap }) =>
        `${lane} ${stream}  ${words.head} ${head}  ${words.acked} ${acked}  ${words.waits} ${waits}${gap ? `  ${words.gap} ${gap}` : ''}`,
    ),
    refused: refused.map(({ ref, code }) => `${ref.stream}.${ref.seq}  ${code}`),
    issues: issues.map(issueRow),
    events: events.map(({ state, event, ref, body }) => `${words[state]}  ${event}${ref ? `  #${ref.seq}` : ''}  ${JSON.stringify(body).slice(0, 500)}`),
  }
}

function issueRow({ code, path, have, need }: Issue): string {
  return [code, path, have !== undefined && `have ${have}`, need !== undefined && `need ${need}`].filter(Boolean).join('  ')
}
