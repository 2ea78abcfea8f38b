import { accept, codeOf, createIds, refuse, type Clock, type FactBody, type Ids, type Issue, type Ports, type Result } from '@omokit/core'
import type { Outbox } from '@omokit/core/outbox'
import { receiptOf, receiptsOf, type ChoiceOptions, type Consent } from './consent'
import { purposesAfter, stateAfter, type Choice } from './consent-machine'
import { emptyRecord, readRecord, writeRecord, type IdentityRecord } from './identity-record'
import type { createMemberCodes, MemberCode } from './member-codes'
import { isPlaceholder } from './placeholder'
import { bundled, everyPurpose, isPurpose, type Purpose } from './purposes'

/** The ports of a device that identity stands on. */
export interface IdentityPorts extends Pick<Ports, 'net'> {
  readonly entropy: Pick<Ports['entropy'], 'fill'>
  readonly kv: Pick<Ports['kv'], 'del' | 'get' | 'set'>
  readonly life: Pick<Ports['life'], 'onShow'>
  readonly locks: Pick<Ports['locks'], 'hold'>
}

/** Options of {@link createIdentity}. */
export interface IdentityOptions {
  readonly ports: IdentityPorts
  readonly clock: Clock
  readonly outbox: Pick<Outbox, 'append' | 'rotate' | 'readTrade'>
  /** Base URL of the hub without a trailing slash; asked for member codes only. */
  readonly hub: string
  readonly key: string
  /** `createMemberCodes`, where the member shows a code at tills: a part of its own, so that pages that show none do not carry it. */
  readonly codes?: typeof createMemberCodes
  /** A kiosk, store tablet or till: its visitor id is never linked to anybody, and its consent ends at logout. */
  readonly shared?: boolean
  readonly onIssue?: (issue: Issue) => void
}

/** Who logs in, as the brand's own server vouches with the token (`POST /v1/members/token`). Phones, e-mails and platform accounts are bound by that server. */
export interface Login {
  /** The brand's member id: stable, no phone number, no e-mail. */
  readonly member: string
  /** The session envelope of the hub for this member. */
  readonly token: string
}

/** Who is here, as far as they agreed to be known. */
export interface Identity {
  readonly consent: Consent
  /** Reads what this device stored: no write, no request. Before it resolved `may` answers undefined. */
  ready(): Promise<void>
  /** The ids a fact may carry now. */
  ids(): Ids
  /** true: granted. false: refused or unknown purpose. undefined: nobody was asked yet. "necessary" needs no consent. */
  may(purpose: string): boolean | undefined
  /** The purposes granted now, for the snapshot on facts. */
  granted(): readonly Purpose[]
  /**
   * The member is known from here on. Under consent to "identity" the visitor is linked (`Identity Linked`); without it,
   * and on a shared device, the member is served but nothing is joined (`linked: false`) or, without consent, stored.
   * Another member on the same device first ends the visit of the one before. Issues: `blocked-value`.
   */
  login(login: Login): Promise<Result<{ readonly linked: boolean }>>
  /** Always gives the device a new visitor id and a new stream: the next person is unknown. */
  logout(): Promise<void>
  member(): string | undefined
  memberToken(): string | undefined
  /** A code that identifies the member at a till for a few minutes; works offline from codes fetched ahead. Issues: `unauthorised`, `unavailable`, `token-expired`; `not-found` without the option `codes`. */
  memberCode(): Promise<Result<MemberCode>>
  /** Tells when consent or person changed; returns the function that takes the listener off. */
  onChange(listener: () => void): () => void
  stop(): void
}

type Member = Pick<IdentityRecord, 'userId' | 'token'>

/** Whether anything is agreed to that needs a visitor id. */
const namesVisitor = (purposes: readonly Purpose[]): boolean => purposes.indexOf('analytics') >= 0 || purposes.indexOf('identity') >= 0

/** Consent, visitor and member of one device. Creating one touches nothing; before a choice nothing is stored or sent. */
export function createIdentity(options: IdentityOptions): Identity {
  const { ports, clock, outbox } = options
  const { kv } = ports
  let record: IdentityRecord = emptyRecord
  let member: Member = {}
  let muted: readonly Purpose[] = []
  let loading: Promise<void> | undefined
  let unsaved = false
  let chain: Promise<unknown> = Promise.resolve()
  let offShow: (() => void) | undefined
  const listeners: (() => void)[] = []

  const newId = createIds(ports.entropy)
  const memberToken = (): string | undefined => member.token
  const codes = options.codes && options.codes({ net: ports.net, hub: options.hub, key: options.key, memberToken, kv, clock })

  /** What goes wrong is told and stops nothing. */
  const attempt = (path: string, work: Promise<unknown>): Promise<unknown> =>
    work.catch((error) => {
      try {
        if (options.onIssue) options.onIssue({ code: codeOf(error) || 'unavailable', path })
      } catch {
        // a listener's mistake stays its own
      }
    })

  const forgetCodes = (): unknown => codes && attempt('codes', codes.forget())

  const may = (purpose: string): boolean | undefined => {
    if (purpose === 'necessary') return true
    if (muted.indexOf(purpose as Purpose) >= 0) return false
    return record.state === 'unset' ? undefined : record.purposes.indexOf(purpose as Purpose) >= 0
  }

  const newVisitor = async (purposes: readonly Purpose[]): Promise<string | undefined> => (namesVisitor(purposes) ? newId() : undefined)

  function take(stored: IdentityRecord): void {
    record = stored
    member = stored
    tell()
  }

  /** Stores what is next, then tells. What could not be stored still holds until this context ends. */
  async function keep(next: IdentityRecord): Promise<void> {
    record = next
    unsaved = true
    await attempt(
      'identity',
      writeRecord(kv, next).then(() => (unsaved = false)),
    )
    tell()
  }
  const tell = (): void => listeners.slice().forEach((listener) => listener())

  /** Appends the receipts that are due; `again` after a crash, when some may stand in the journal already. What fails is still due: the next start tries again. */
  const settle = (again?: boolean): Promise<unknown> =>
    attempt(
      'consent',
      (async () => {
        const { due = [] } = record
        const found = again ? (await outbox.readTrade()).map((stored) => JSON.stringify(stored.fact.body)) : []
        for (const body of due) if (found.indexOf(JSON.stringify(body)) < 0) await outbox.append({ kind: 'Consent Recorded', body })
        await keep(Object.assign({}, record, { due: undefined }))
      })(),
    )

  const observe = (kind: string, body: FactBody): Promise<unknown> => outbox.append({ kind, body, consent: record.purposes }).catch(() => undefined) // the outbox has reported it

  /** One change at a time, in this context and among those that share the device. */
  function serial<T>(run: () => Promise<T>): Promise<T> {
    const next = chain.then(() =>
      ports.locks.hold('identity', async () => {
        await ready()
        if (!unsaved) record = await readRecord(kv)
        return run()
      }),
    )
    chain = next.catch(() => undefined)
    return next
  }

  const ready = (): Promise<void> =>
    (loading =
      loading ||
      readRecord(kv).then((stored) => {
        take(stored)
        if (stored.due) void serial(() => settle(true))
        offShow = ports.life.onShow(
          () =>
            void readRecord(kv).then((now) => {
              // another tab of this device may have chosen meanwhile
              if (!unsaved && JSON.stringify(now) !== JSON.stringify(record)) take(now)
            }),
        )
      }))

  async function choose(choice: Choice, named: readonly Purpose[], { text }: ChoiceOptions = {}): Promise<Result<readonly Purpose[]>> {
    const [wrong] = named.filter((purpose) => !isPurpose(purpose))
    if (wrong !== undefined) return refuse('invalid', { path: 'purposes', have: String(wrong) })
    if (choice !== 'grant') {
      muted = named
      tell()
    }
    return serial(async () => {
      try {
        return accept(await decide(choice, named, text))
      } finally {
        muted = []
      }
    })
  }

  async function decide(choice: Choice, named: readonly Purpose[], text: string | undefined): Promise<readonly Purpose[]> {
    const { state, purposes, linked } = record
    const given = choice === 'grant'
    const left = purposesAfter(choice, purposes, named)
    const next = stateAfter(choice, state, left)
    if (next === state && left.length === purposes.length && !(given && text !== record.text)) return purposes

    // who takes something back is a stranger from here on, also where the rest still holds
    const clear = state === 'granted' && !given
    const anonId = (!clear && record.anonId) || (await newVisitor(left))
    const { userId, token }: Member = next === 'granted' ? member : {}
    const decided = { decided: clock.read().now, text }
    const ids = { anonId, userId: left.indexOf('identity') < 0 ? undefined : userId }
    const due = given ? receiptsOf(named, decided, ids) : [receiptOf(false, named, decided)].concat(namesVisitor(left) ? receiptsOf(left, decided, ids) : [])
    if (clear) await forgetCodes()
    await keep({ state: next, purposes: next === 'granted' ? left : [], text, due, anonId, userId, token, linked: clear ? undefined : linked })
    if (clear) await attempt('rotate', outbox.rotate({ purge: true }))
    await settle()
    await link()
    return record.purposes
  }

  /** Links visitor and member if consent allows and it was not done before. */
  async function link(): Promise<boolean> {
    const { anonId, linked } = record
    const { userId, token } = member
    if (!may('identity') || options.shared || !anonId || !userId) return false
    if (linked === userId) return true
    // the token goes along: when the fact is sent somebody else may be logged in
    await observe('Identity Linked', { type: 'identify', anonId, userId, proof: token })
    await keep(Object.assign({}, record, { linked: userId }))
    return true
  }

  async function leave(): Promise<void> {
    const { userId } = member
    member = {}
    await forgetCodes()
    if (record.state !== 'granted') return tell()
    const { state, anonId: before, purposes, text } = record
    if (before !== undefined) await observe('Visitor Left', { type: 'logout', anonId: before, userId: may('identity') ? userId : undefined })
    await attempt('rotate', outbox.rotate())
    if (options.shared) return keep(emptyRecord) // the next person agreed to nothing
    const anonId = await newVisitor(purposes)
    await keep({ state, purposes, text, anonId, due: anonId === undefined ? [] : receiptsOf(purposes, { decided: clock.read().now, text }, { anonId }) })
    await settle()
  }

  return {
    consent: {
      state: () => record.state,
      grant: (purposes, detail) => choose('grant', purposes, detail),
      grantAll: (detail) => choose('grant', bundled, detail),
      deny: (detail) => choose('deny', everyPurpose.slice(1), detail),
      withdraw: (purposes = everyPurpose, detail) => choose('withdraw', purposes, detail),
    },
    ready,
    ids() {
      const userId = may('identity') ? member.userId : undefined
      const anonId = may('analytics') || may('identity') ? record.anonId : undefined
      return Object.assign(
        {},
        anonId !== undefined && !(options.shared && userId !== undefined) && { anonId },
        userId !== undefined && { userId },
        options.shared && { deviceShared: true },
      ) as Ids
    },
    may,
    granted: () => record.purposes.filter(may),
    async login({ member: userId, token }) {
      if (isPlaceholder(userId)) return refuse('blocked-value', { path: 'member', have: String(userId) })
      return serial(async () => {
        if (member.userId !== undefined && member.userId !== userId) await leave()
        member = { userId, token }
        if (record.state === 'granted' && (record.userId !== userId || record.token !== token)) await keep(Object.assign({}, record, member))
        else tell()
        return accept({ linked: await link() })
      })
    },
    logout: () => serial(leave),
    member: () => member.userId,
    memberToken,
    memberCode: async () => (codes ? codes.next(record.state === 'granted') : refuse('not-found', { path: 'codes', need: 'createMemberCodes' })),
    onChange(listener) {
      listeners.push(listener)
      return () => void listeners.splice(listeners.indexOf(listener), 1)
    },
    stop: () => offShow && offShow(),
  }
}
