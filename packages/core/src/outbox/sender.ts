import { hubRequest, isRefusal } from '../ask-hub'
import type { FactsResponse } from '../facts'
import { codeOf } from '../issues'
import type { Issue, IssueCode } from '../issues'
import type { LockLost, LogRecord, NetResponse } from '../ports'
import { retryAfter } from '../retry-after'
import type { Engine } from './engine'
import type { Lane } from './lane'
import { parse } from '../parse'
import { factOf, lostKind, wireText } from './record'
import { statusCodes } from './status-codes'

/** What one pass did. */
export interface Tally {
  sent: number
  acked: number
  issue?: Issue
  /** Milliseconds the hub asked to be left alone. */
  pause?: number
}

/** Sends what the logs hold. Runs under the lead of a lane; `over` is asked before every effect. */
export interface Sender {
  /** Sends stream `id` to its end and drops what the hub has settled; false when nothing more can be sent now. */
  drain(id: string, lane: Lane, tally: Tally, over: LockLost): Promise<boolean>
  /** One request of these records. */
  post(id: string, lane: Lane, head: number, records: readonly LogRecord[], keepalive: boolean): Promise<NetResponse>
}

export function createSender({ options, ports, ledger, report, stateLost, owner }: Engine): Sender {
  const { limits = {} } = options
  const most = Math.min(limits.batch || 200, 500)

  const post: Sender['post'] = (id, lane, head, records, keepalive) => {
    const facts = records.map(({ seq, text }) => wireText(seq, text))
    const body = `{"stream":"${id}","lane":"${lane.kind.name}","sent_at":${ports.time.now()},"head":${head},"facts":[${facts}]}`
    return ports.net.send(Object.assign(hubRequest(options, 'POST', '/v1/facts', body), { keepalive }))
  }

  /** Puts a fact aside; one the hub never took in is also stated lost, so that the watermark passes its number. */
  async function setAside(id: string, { seq, text }: LogRecord, code: IssueCode, state: boolean): Promise<void> {
    const path = `${id}.${seq}`
    if (await ledger.read('q/', path)) return
    if (state && (factOf(text) || {}).kind !== lostKind && !(await stateLost(id, [[seq, seq]], 'corrupt'))) return
    await ledger.write('q/', path, { code, text })
    report({ code, path })
  }

  return {
    post,
    async drain(id, lane, tally, over) {
      const log = ports.log.open(id)
      const fail = (code: IssueCode, have?: number, need?: number): false => {
        report((tally.issue = { code, path: id, have, need: need || undefined } as Issue))
        return false
      }
      let { acked, tried } = await ledger.sent(id)
      let from = acked + 1
      let size = most
      let sent = 0
      let stated = false
      let top = 0
      /** Lowest number that could not be set aside: from there on nothing is forgotten. */
      let stays = Infinity
      let gaps: NonNullable<FactsResponse['gaps']> = []
      const setSent = (): Promise<void> => ledger.write('a/', id, { acked, tried })
      const settle = async (): Promise<void> => {
        if (acked > lane.kind.kept) await log.drop(acked - lane.kind.kept)
      }

      for (;;) {
        const records = await log.read(from, size, limits.batchBytes || 200_000)
        const mark = await ledger.read('e/', id)
        if (over()) return false
        // nothing of a purged or forked stream may leave any more
        if (mark && mark !== 'end') return true
        const last = records[records.length - 1]
        if (!last) {
          const missing = stated ? [] : await unheld()
          gaps = []
          if (over()) return false
          // what the hub misses and nobody holds will never come; said once
          if (!missing.length || !(await stateLost(id, missing, 'corrupt'))) break
          stated = true
          continue
        }
        const sound: LogRecord[] = []
        for (const record of records)
          if (factOf(record.text)) sound.push(record)
          else await setAside(id, record, 'undecodable', true)
        const end = sound[sound.length - 1]
        if (!end) {
          from = last.seq + 1
          continue
        }
        top = top || (await log.stats()).last
        if (over()) return false
        if (end.seq > tried) {
          // from here these may be with the hub; what is still held after that was said is not evicted, so read again
          tried = end.seq
          await setSent()
          continue
        }
        const mono = ports.time.mono()
        let answer: NetResponse
        try {
          const { head = 0 } = (owner(id) || {}).stream || {}
          answer = await post(id, lane, Math.max(head, top, end.seq), sound, false)
        } catch (error) {
          return fail(codeOf(error) || 'unavailable')
        }
        const { status, text, headers } = answer
        const { now, source } = options.clock.read()
        // also when the lead was taken meanwhile: whoever sends next, we were asked not to
        if (status !== 200) tally.pause = retryAfter(headers, source.indexOf('server') ? undefined : now)
        if (over()) return false
        const refused = refusal(text)
        if (status === 413 || (status === 400 && refused)) {
          // one of them is at fault: halve until it stands alone
          size = sound.length >> 1
          if (size) continue
          await setAside(id, end, refused || 'too-large', true)
          from = end.seq + 1
          size = most
          continue
        }
        const settled = status === 200 && (parse(text) as FactsResponse | undefined)
        // some box in between may have made it up
        if (!settled || !Number.isSafeInteger(settled.through) || !Number.isFinite(settled.server_time) || !Array.isArray(settled.except)) {
          return fail(refused || statusCodes[status] || 'unavailable', status, tally.pause)
        }
        options.clock.observe(settled.server_time, mono)
        // an acknowledgement of numbers never sent is worth nothing
        let through = Math.min(settled.through, end.seq)
        for (const record of sound) {
          const except = settled.except.find((one) => one && one.seq === record.seq)
          if (except) await setAside(id, record, except.code, false).catch(() => (stays = Math.min(stays, record.seq)))
          else if (record.seq <= through) tally.acked++
        }
        tally.sent += sound.length
        if (over()) return false
        through = Math.min(through, stays - 1)
        // the hub has both copies of a fork: what was sent is settled, what was not goes to another stream
        if (settled.fork) through = end.seq
        if (through > acked) {
          acked = through
          // first the watermark, then the records: a crash between them only repeats a drop
          await setSent()
          if (over()) return false
          if (!settled.fork) await settle()
          lane.forget(id, (seq) => seq <= acked)
        }
        if (settled.fork) {
          await ledger.write('e/', id, 'fork')
          if (owner(id)) await lane.release()
          fail('stream-fork')
          return true
        }
        gaps = settled.gaps || []
        sent = end.seq
        from = last.seq + 1
        size = Math.min(most, size * 2)
      }
      // leftovers of a crash between watermark and drop
      if (!sent) await settle()
      if (acked < sent) fail('unavailable', acked, sent)
      return true

      /** Of the numbers the hub misses, those above the watermark and below what was sent that the log does not hold. */
      async function unheld(): Promise<[number, number][]> {
        const missing: [number, number][] = []
        for (const [low, high] of gaps) {
          if (low <= acked || high >= sent) continue
          let next = low
          for (const { seq } of await log.read(low, high - low + 1, 1e9)) {
            // unreadable: its loss was stated, and the statement has become unreadable in its turn
            if (seq > high || (await ledger.read('q/', `${id}.${seq}`))) continue
            if (seq > next) missing.push([next, seq - 1])
            next = seq + 1
          }
          if (next <= high) missing.push([next, high])
        }
        return missing
      }
    },
  }
}

/** The code of the hub's own typed refusal; undefined for anybody else's. */
function refusal(text: string): IssueCode | undefined {
  const body = parse(text)
  return isRefusal(body) ? (body.issues[0] as Issue).code : undefined
}
