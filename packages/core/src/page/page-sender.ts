import { isRefusal } from '../ask-hub'
import type { FactsLostBody, FactsResponse } from '../facts'
import type { Issue, IssueCode } from '../issues'
import { wireText } from '../outbox/record'
import { isTradeStream } from '../outbox/trade-stream'
import type { Tally } from '../outbox/sender'
import { statusCodes } from '../outbox/status-codes'
import { parse } from '../parse'
import type { LogRecord, NetResponse } from '../ports'
import { retryAfter } from '../retry-after'
import type { PageOutboxOptions } from './create-page-outbox'
import type { PageStream } from './page-stream'

/** What the engine gives its sender. */
export interface PageSenderParts {
  readonly report: (issue: Issue) => Issue
  /** Nothing may be sent any more. */
  readonly over: () => boolean
  readonly stateLost: (stream: PageStream, ranges: FactsLostBody['ranges'], cause: FactsLostBody['cause']) => Promise<unknown>
}

/** Sends what the streams of pages hold. */
export interface PageSender {
  /** Sends a stream to its end and drops what the hub has settled; false when nothing more can be sent now. */
  drain(stream: PageStream, tally: Tally): Promise<boolean>
  /** One request of these records. */
  post(stream: PageStream, facts: readonly LogRecord[], keepalive?: boolean): Promise<NetResponse>
}

/** Units of text in one request. */
const batchUnits = 200_000

export function createPageSender(options: PageOutboxOptions, { report, over: ended, stateLost }: PageSenderParts): PageSender {
  const { ports, clock, hub, key, limits = {} } = options
  const { records, time, net } = ports
  const most = Math.min(limits.batch || 200, 500)

  const post: PageSender['post'] = ({ id, head }, facts, keepalive = false) =>
    net.send({
      url: hub + '/v1/facts',
      method: 'POST',
      headers: { authorization: 'Bearer ' + key, 'content-type': 'application/json' },
      body: `{"stream":"${id}","lane":"${isTradeStream(id) ? 'trade' : 'observe'}","sent_at":${time.now()},"head":${head},"facts":[${facts.map(({ seq, text }) => wireText(seq, text))}]}`,
      keepalive,
    })

  return {
    post,
    async drain(stream, tally) {
      const { id } = stream
      const over = (): boolean => ended() || !stream.usable()
      const fail = (code: IssueCode, have?: number, need?: number): false => {
        tally.issue = report({ code, path: id, have, need } as Issue)
        return false
      }
      /** Puts a fact aside; one the hub never took in is also stated lost, so that the watermark passes its number. */
      const setAside = async ({ seq, text }: LogRecord, code: IssueCode, state?: boolean): Promise<void> => {
        const path = `${id}.${seq}`
        if (await records.get('q/' + path)) return
        if (state) await stateLost(stream, [[seq, seq]], 'corrupt')
        await records.set('q/' + path, { code, text })
        report({ code, path })
      }
      let from = stream.acked + 1
      let size = most
      let sent = 0
      let stated = false
      let gaps: FactsLostBody['ranges'] = []

      for (;;) {
        const facts = await records.read(id, from, size, batchUnits)
        if (over()) return false
        const last = facts[facts.length - 1]
        if (!last) {
          // all that is held was sent: what the hub misses of it will never come; said once
          const missing = stated ? [] : gaps.filter(([low, high]) => low > stream.acked && high < sent)
          if (!missing.length) break
          stated = true
          await stateLost(stream, missing, 'corrupt')
          continue
        }
        if (last.seq > stream.tried) {
          // from here these may be with the hub; what is still held after that was said is not evicted, so read again
          await records.settle(id, stream.acked, last.seq)
          stream.tried = last.seq
          continue
        }
        from = last.seq + 1
        const mono = time.mono()
        const { status, headers, text } = await post(stream, facts)
        // also when the stream was lost meanwhile: we were asked not to send
        if (status !== 200) tally.pause = retryAfter(headers)
        if (over()) return false
        const body = Object(parse(text)) as Partial<FactsResponse>
        const { through, except, server_time: served } = body
        const code = isRefusal(body) ? (body.issues[0] as Issue).code : undefined
        if (status === 413 || (status === 400 && code)) {
          // one of them is at fault: halve until it stands alone
          size = facts.length >> 1
          from = (facts[0] as LogRecord).seq
          if (size) continue
          await setAside(last, code || 'too-large', true)
          from++
          size = most
          continue
        }
        // some box in between may have made it up
        if (status !== 200 || !Number.isSafeInteger(through) || !Number.isFinite(served) || !Array.isArray(except))
          return fail(code || statusCodes[status] || 'unavailable', status, tally.pause)
        clock.observe(served as number, mono)
        // an acknowledgement of numbers never sent is worth nothing
        const acked = Math.min(through as number, last.seq)
        for (const fact of facts) {
          const found = (except as FactsResponse['except']).find((one) => one && one.seq === fact.seq)
          if (found) await setAside(fact, found.code)
          else if (fact.seq <= acked) tally.acked++
        }
        tally.sent += facts.length
        if (over()) return false
        if (body.fork) {
          await records.set('e/' + id, 'fork')
          await stream.close()
          fail('stream-fork')
          return true
        }
        if (acked > stream.acked) {
          await records.settle(id, acked, stream.tried)
          stream.acked = acked
        }
        gaps = body.gaps || []
        sent = last.seq
        size = Math.min(most, size * 2)
      }
      if (stream.acked < sent) fail('unavailable', stream.acked, sent)
      return true
    },
  }
}
