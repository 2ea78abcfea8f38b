import type { OmoError, FactDraft, FactRef } from '@omokit/core'
import type { FlushReport } from '@omokit/core/outbox'

/** Keeps what it is given; can be told to fail. */
export interface RecordingOutbox {
  readonly drafts: FactDraft[]
  failWith?: OmoError
  append(draft: FactDraft): Promise<FactRef>
  flush(): Promise<FlushReport>
}

export function recordingOutbox(): RecordingOutbox {
  const drafts: FactDraft[] = []
  return {
    drafts,
    append(draft) {
      if (this.failWith) return Promise.reject(this.failWith)
      drafts.push(draft)
      return Promise.resolve({ stream: 's', seq: drafts.length })
    },
    flush: () => Promise.resolve({ sent: 0, acked: 0, pending: 0, quarantined: 0 }),
  }
}
