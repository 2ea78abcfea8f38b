import { OmoError, type Clock, type FactDraft, type Issue, type NetRequest, type NetResponse } from '@omokit/core'
import { createMemoryDevice, createMemoryPorts, type MemoryDevice, type MemoryPorts } from '@omokit/core/memory'
import type { StoredFact } from '@omokit/core/outbox'
import { createIdentity, createMemberCodes, type Identity, type IdentityOptions } from '@omokit/identity'

/** One page on a device, with a recorded outbox and network. */
export interface Page {
  readonly identity: Identity
  readonly ports: MemoryPorts
  readonly device: MemoryDevice
  /** What the outbox was asked to do: kinds, and "rotate" or "purge". */
  readonly steps: string[]
  readonly drafts: FactDraft[]
  readonly requests: NetRequest[]
  readonly issues: Issue[]
  now: number
  answer: (request: NetRequest) => NetResponse
  failAppend: boolean
  journal: FactDraft[]
}

export const start: number = Date.UTC(2026, 5, 1, 9)

export function openPage(device: MemoryDevice = createMemoryDevice(), more: Partial<IdentityOptions> = {}): Page {
  const requests: NetRequest[] = []
  const ports = createMemoryPorts({
    brand: 'b',
    device,
    net: {
      send(request) {
        requests.push(request)
        return new Promise((resolve) => resolve(page.answer(request)))
      },
    },
  })
  const clock: Clock = {
    read: () => ({ now: page.now, device: page.now, mono: page.now - start, source: 'device' }),
    observe: () => undefined,
    floor: () => undefined,
  }
  const steps: string[] = []
  const drafts: FactDraft[] = []
  const issues: Issue[] = []
  const page: Page = {
    device,
    ports,
    steps,
    drafts,
    requests,
    issues,
    now: start,
    failAppend: false,
    journal: drafts,
    answer: () => {
      throw new OmoError('unavailable', 'offline')
    },
    identity: createIdentity({
      ports,
      clock,
      codes: createMemberCodes,
      hub: 'http://hub',
      key: 'pk_test_b_1',
      onIssue: (issue) => issues.push(issue),
      outbox: {
        append(draft) {
          if (page.failAppend) return Promise.reject(new OmoError('quota', 'full'))
          steps.push(draft.kind)
          drafts.push(draft)
          return Promise.resolve({ stream: 's', seq: drafts.length })
        },
        rotate(options) {
          steps.push(options?.purge ? 'purge' : 'rotate')
          return Promise.resolve()
        },
        readTrade: () => Promise.resolve(page.journal.map((draft) => ({ fact: { body: draft.body } }) as unknown as StoredFact)),
      },
      ...more,
    }),
  }
  return page
}
