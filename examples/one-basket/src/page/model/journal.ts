import type { Words } from '../words'
import type { ChannelId } from './verdict'

/** Who did something. */
export type Actor = ChannelId | 'hub' | 'head'

/** A line of the timeline; its words come when it is shown. */
export interface Entry {
  readonly at: number
  readonly who: Actor
  readonly bad: boolean
  readonly tell: (words: Words) => string
}

/** What happened, newest first. */
export interface Journal {
  entries(): readonly Entry[]
  note(who: Actor, tell: Entry['tell'], bad?: boolean): void
}

const most = 200

export function createJournal(onChange: () => void): Journal {
  let entries: readonly Entry[] = []
  return {
    entries: () => entries,
    note(who, tell, bad = false) {
      entries = [{ at: Date.now(), who, bad, tell }, ...entries].slice(0, most)
      onChange()
    },
  }
}
