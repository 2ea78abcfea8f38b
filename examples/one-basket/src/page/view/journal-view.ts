import type { Entry } from '../model/journal'
import type { Scene } from '../model/stage'
import type { Words } from '../words'
import { el } from './el'

/** The timeline, newest first. */
export const entriesView = (entries: readonly Entry[], words: Words): readonly HTMLElement[] =>
  entries.map(({ at, who, bad, tell }) =>
    el(
      'li',
      { className: bad ? 'no' : '' },
      el('time', {}, clock(at)),
      el('span', { className: `who ${who}` }, who === 'hub' ? words.log.hub : who === 'head' ? words.log.head : words.channel[who]),
      el('span', {}, tell(words)),
    ),
  )

/** What each device has still to send and what the hub has of it. */
export const ledgerView = ({ accounts, findings }: Scene, words: Words): readonly HTMLElement[] => [
  ...(['web', 'mini', 'till'] as const).map((id) => {
    const { confirmed = 0, pending = 0, missing = 0 } = accounts[id] ?? {}
    const made = el(
      'div',
      { className: `account${pending ? ' waits' : ''}` },
      el('b', {}, words.channel[id]),
      el('span', { className: 'pending' }, words.pending, ' ', el('em', {}, String(pending))),
      el('span', { className: 'confirmed' }, words.confirmed, ' ', el('em', {}, String(confirmed))),
      el('span', { className: 'missing' }, words.missing, ' ', el('em', {}, String(missing))),
    )
    made.dataset['account'] = id
    return made
  }),
  el('div', { className: `account${findings.length ? ' named' : ''}` }, el('b', {}, words.findings), el('span', {}, el('em', {}, String(findings.length)))),
]

const clock = (at: number): string => new Date(at).toTimeString().slice(0, 8)
