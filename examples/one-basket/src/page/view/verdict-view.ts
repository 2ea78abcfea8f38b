import type { Odd, Verdict } from '../model/verdict'
import type { Words } from '../words'
import { yuan } from './yuan'

/** The verdict in words. */
export interface VerdictTexts {
  readonly title: string
  readonly detail: string
  readonly total: string
}

export function verdictTexts(verdict: Verdict, words: Words): VerdictTexts {
  const { verdict: told, channel } = words
  if (verdict.kind === 'waiting') return { title: told.waiting, detail: told.waitingDetail, total: '' }
  const total = yuan(verdict.pay)
  if (verdict.kind === 'equal') {
    const [behind] = verdict.behind
    const who = verdict.behind.map(({ id }) => channel[id]).join(told.joint)
    return { title: told.equal, detail: behind ? told.behind(who, behind.version) : told.equalDetail(verdict.version), total }
  }
  const because = ({ seen, by, cause }: Odd): string => {
    const who = channel[seen.id]
    const amount = yuan(Math.abs(by))
    if (cause === 'release') return told.release(who, seen.version, seen.offline, verdict.version, amount)
    return cause === 'member' ? told.member(who, seen.offline, amount) : told.unknown(who, amount)
  }
  return { title: told.differs(verdict.odd.map(({ seen }) => channel[seen.id]).join(told.joint)), detail: verdict.odd.map(because).join(' · '), total }
}
