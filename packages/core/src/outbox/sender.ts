import type { Clock } from '../clock'
import type { FactsLostBody, FactsResponse, Lane } from '../facts'
import { codeOf } from '../issues'
import type { Issue, IssueCode } from '../issues'
import type { LockLost, LogRecord, NetResponse, Ports } from '../ports'
import type { Ledger } from './ledger'
import { factOf, lostKind, parse, wireText } from './record'

/** What one pass over a lane did. */
export interface Tally {
  sent: number
  acked: number
  issue?: Issue
  /** Milliseconds the hub asked to be left alone. */
  pause?: number
}

export interface SenderOptions {
  readonly ports: Ports
  readonly ledger: Ledger
  readonly clock: Clock
  readonly hub: string
  readonly key: string
  readonly memberToken?: (() => string | undefined) | undefined
  /** Facts per request. */
  readonly batch: number
  /** UTF-16 units per request. */
  readonly batchBytes: number
  /** Acknowledged records that stay, by lane. */
  readonly kept: (lane: Lane) => number
  readonly report: (issue: Issue) => void
  /** Makes a statement about numbers of a stream in that stream; false when somebody else owns it now. */
  readonly stateLost: (stream: string, body: FactsLostBody) => Promise<boolean>
  /** Highest number given out in a stream of this context, else 0. */
  readonly headOf: (stream: string) => number
  /** The stream was seen with two contents. */
  readonly forked: (stream: string) => Promise<void>
  /** The hub confirmed `through` and below. */
  readonly acknowledged: (stream: string, through: number) => void
  /** Nothing of this lane may leave any more. */
  readonly stopped: (lane: Lane) => boolean
}

/** Sends what the logs hold. Runs under the lead of a lane; `lost` is asked before every effect. */
export interface Sender {
  /** Sends stream `id` to its end and drops what the hub has settled; false when nothing more can be sent now. */
  drain(id: string, lane: Lane, tally: Tally, lost: LockLost): Promise<boolean>
  /** Last words of a page that may die: sent at once, no answer awaited. */
  farewell(id: string, lane: Lane, records: readonly LogRecord[]): void
}

export function createSender(options: SenderOptions): Sender {
  const { ports, ledger, report } = options
  const url = options.hub + '/v1/facts'

  const request = (id: string, lane: Lane, head: number, records: readonly LogRecord[], keepalive: boolean): Promise<NetResponse> => {
    const token = options.memberToken && options.memberToken()
    return ports.net.send({
      url,
      method: 'POST',
      headers: { authorization: 'Bearer ' + options.key, 'content-type': 'application/json', ...(token ? { 'omokit-member': token } : {}) },
      body: `{"stream":"${id}","lane":"${lane}","sent_at":${ports.time.now()},"head":${head},"facts":[${records.map((r) => wireText(r.seq, r.text)).join(',')}]}`,
      ...(keepalive ? { keepalive } : {}),
    })
  }

  /** Puts a fact aside; one the hub never took in is also stated lost, so that the watermark passes its number. */
  async function setAside(id: string, record: LogRecord, code: IssueCode, state: boolean): Promise<void> {
    const name = `${id}.${record.seq}`
    if (await ledger.aside(name)) return
    if (state && (factOf(record.text) || {}).kind !== lostKind && !(await options.stateLost(id, { ranges: [[record.seq, record.seq]], cause: 'corrupt' })))
      return
    await ledger.setAside(name, { code, text: record.text })
    report({ code, path: name })
  }

  return {
    farewell(id, lane, records) {
      request(id, lane, options.headOf(id), records, true).catch(() => undefined)
    },

    async drain(id, lane, tally, lost) {
      const log = ports.log.open(id)
      const over = (): boolean => lost() || options.stopped(lane)
      const fail = (code: IssueCode, detail?: Omit<Issue, 'code'>): false => {
        report((tally.issue = { code, path: id, ...detail }))
        return false
      }
      let { acked, tried } = await ledger.sent(id)
      let from = acked + 1
      let size = options.batch
      let sent = 0
      let stated = false
      let gaps: FactsResponse['gaps']
      const settle = async (): Promise<void> => {
        const upTo = acked - options.kept(lane)
        if (upTo > 0) await log.drop(upTo)
      }

      for (;;) {
        const records = await log.read(from, size, options.batchBytes)
        const mark = await ledger.mark(id)
        if (over()) return false
        // nothing of a purged or forked stream may leave any more
        if (mark && mark !== 'end') return true
        const last = records[records.length - 1]
        if (!last) {
          const missing = await unheld(gaps || [])
          gaps = undefined
          if (over()) return false
          // what the hub misses and nobody holds will never come; said once
          if (stated || !missing.length || !(await options.stateLost(id, { ranges: missing, cause: 'corrupt' }))) break
          stated = true
          continue
        }
        const sound: LogRecord[] = []
        for (const record of records) {
          if (factOf(record.text)) sound.push(record)
          else await setAside(id, record, 'undecodable', true)
        }
        const end = sound[sound.length - 1]
        if (!end) {
          from = last.seq + 1
          continue
        }
        const head = Math.max(options.headOf(id), (await log.stats()).last)
        if (over()) return false
        if (end.seq > tried) {
          // from here these may be with the hub; what is still held after that was said is not evicted, so read again
          tried = end.seq
          await ledger.setSent(id, { acked, tried })
          continue
        }
        const mono = ports.time.mono()
        let answer: NetResponse
        try {
          answer = await request(id, lane, head, sound, false)
        } catch (error) {
          return fail(codeOf(error) || 'unavailable')
        }
        if (over()) return false
        const { status } = answer
        if (status === 413 || (status === 400 && refusal(answer.text))) {
          // one of them is at fault: halve until it stands alone
          if (sound.length > 1) {
            size = sound.length >> 1
            continue
          }
          await setAside(id, end, refusal(answer.text) || 'too-large', true)
          from = end.seq + 1
          size = options.batch
          continue
        }
        const settled = status === 200 ? answered(answer.text) : undefined
        if (!settled) {
          const seconds = Number(answer.headers['retry-after'])
          if (seconds > 0) tally.pause = Math.min(seconds, 86_400) * 1000
          return fail(
            refusal(answer.text) || (status === 401 ? 'unauthorised' : status === 403 ? 'forbidden' : status === 429 ? 'rate-limited' : 'unavailable'),
            { have: status, ...(tally.pause ? { need: tally.pause } : {}) },
          )
        }
        options.clock.observe(settled.server_time, mono)
        // an acknowledgement of numbers never sent is worth nothing
        let through = Math.min(settled.through, end.seq)
        let taken = sound.length
        for (const record of sound) {
          const except = settled.except.find((one) => one && one.seq === record.seq)
          if (except) {
            taken--
            // what could not be set aside stays where it is
            await setAside(id, record, except.code, false).catch(() => (through = Math.min(through, record.seq - 1)))
          } else if (record.seq > through) taken--
        }
        tally.sent += sound.length
        tally.acked += taken
        if (over()) return false
        // the hub has both copies of a fork: what was sent is settled, what was not goes to another stream
        if (settled.fork) through = end.seq
        if (through > acked) {
          acked = through
          // first the watermark, then the records: a crash between them only repeats a drop
          await ledger.setSent(id, { acked, tried })
          if (over()) return false
          if (!settled.fork) await settle()
          options.acknowledged(id, acked)
        }
        if (settled.fork) {
          await options.forked(id)
          fail('stream-fork')
          return true
        }
        gaps = settled.gaps
        sent = end.seq
        from = last.seq + 1
        size = Math.min(options.batch, size * 2)
      }
      // leftovers of a crash between watermark and drop
      if (!sent) await settle()
      if (acked < sent) fail('unavailable', { have: acked, need: sent })
      return true

      /** Of the numbers the hub misses, those above the watermark and below what was sent that the log does not hold. */
      async function unheld(ranges: NonNullable<FactsResponse['gaps']>): Promise<[number, number][]> {
        const missing: [number, number][] = []
        for (const [low, high] of ranges) {
          for (let from = low > acked && high < sent ? low : high + 1; from <= high; ) {
            const [next] = await log.read(from, 1, 1)
            if (!next || next.seq > high) {
              missing.push([from, high])
              break
            }
            if (next.seq > from) missing.push([from, next.seq - 1])
            // unreadable: its loss was stated, and the statement has become unreadable in its turn
            if (await ledger.aside(`${id}.${next.seq}`)) missing.push([next.seq, next.seq])
            from = next.seq + 1
          }
        }
        return missing
      }
    },
  }
}

/** The hub's answer, or undefined for what some box in between has made up. */
function answered(text: string): FactsResponse | undefined {
  const answer = parse(text) as FactsResponse | undefined
  return answer && Number.isSafeInteger(answer.through) && Number.isFinite(answer.server_time) && Array.isArray(answer.except) ? answer : undefined
}

/** The code of the hub's own typed refusal; undefined for anybody else's. */
function refusal(text: string): IssueCode | undefined {
  const body = parse(text) as { readonly ok?: unknown; readonly issues?: readonly Issue[] } | undefined
  const [issue] = body && body.ok === false && Array.isArray(body.issues) ? (body.issues as Issue[]) : []
  return issue && issue.code
}
