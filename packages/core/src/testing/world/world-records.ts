import { idOf } from '../../ids'
import { OmoError } from '../../issues'
import { logOf } from '../../memory/memory-device'
import type { MemoryDevice } from '../../memory/memory-device'
import type { Kv, LogRecord } from '../../ports'
import type { PageRecords, ShopperPorts } from '../../page/page-ports'
import { isTradeStream } from '../../outbox/trade-stream'
import type { ContextSetup, Write } from './world-context'
import type { Random } from './random'

/** What the records of a page stand on in the world. */
export interface WorldRecordsOptions extends Pick<ContextSetup, 'onAppend' | 'onDrop' | 'onStored' | 'prefix'> {
  readonly memory: MemoryDevice
  readonly kv: Kv
  readonly random: Random
  readonly alive: () => boolean
  /** A call that takes a moment, may meet a kill before and after its effect, and keeps the order of its chain. */
  readonly call: <T>(label: string, chain: string, effect: () => T, write?: Write) => Promise<T>
}

/**
 * The records of a page, as its table and its journal keep them: what was asked for when a context ends arrives in order, up
 * to where a tear cuts it off. A note may be refused and is then gone; the head goes with the record or not at all.
 */
export function createWorldRecords({
  memory,
  kv,
  random,
  prefix,
  alive,
  call,
  onAppend,
  onDrop,
  onStored,
}: WorldRecordsOptions): PageRecords & Pick<ShopperPorts, 'addTrade'> {
  const recordsOf = (stream: string) => logOf(memory, prefix + stream)
  const noteOf = (stream: string): string => `note:${prefix}${stream}`
  const chainOf = (stream: string): string => `log:${stream}`
  const room = (units: number): void => {
    if (memory.used() + units > memory.quota) throw new OmoError('quota', 'the virtual disk is full')
  }
  const note = (stream: string, text: string): void => {
    const write = { refused: () => void memory.kv.delete(noteOf(stream)) }
    call(`note ${stream} ${text}`, chainOf(stream), () => void memory.kv.set(noteOf(stream), text), write).catch(() => undefined)
  }
  const setHead = (stream: string, reserved: number): void => void memory.kv.set(`${prefix}s/${stream}`, JSON.stringify({ lane: 'observe', reserved }))
  const remove = (stream: string, which: (record: LogRecord) => boolean): void => {
    const records = recordsOf(stream)
    const all = records.read(1, Infinity, Infinity)
    const gone = all.filter(which)
    if (gone.length) onDrop(stream, gone)
    records.drop(
      Infinity,
      all.filter((record) => !which(record)).map(({ seq }) => seq),
    )
  }

  /** Appends are answered in the order of the calls. */
  let answers: Promise<unknown> = Promise.resolve()

  const append = (stream: string, seq: number, text: string): Promise<void> => {
    if (alive()) onAppend(stream, seq, text)
    const stored = call(
      `append ${stream} ${seq}`,
      chainOf(stream),
      () => {
        room(text.length)
        recordsOf(stream).append(seq, [text])
      },
      { grows: true },
    )
    stored.catch(() => undefined)
    const answered = answers.then(() => stored)
    answers = answered.then(
      () => onStored(stream, seq),
      () => undefined,
    )
    return answered
  }

  return {
    begin: () => idOf(random.bytes(21)),
    append,
    addTrade: (stream, text) => append(stream, 1, text),
    note(stream, upTo, told, exact) {
      note(stream, `${exact ? '=' : ''}${upTo} ${told}`)
      return call(`head ${stream} ${upTo}`, chainOf(stream), () => setHead(stream, upTo), { grows: true })
    },
    open: (stream) =>
      call(`open ${stream}`, chainOf(stream), () => {
        const noted = memory.kv.get(noteOf(stream)) || ''
        const [number = 0, told = 0] = noted.replace('=', '').split(' ').map(Number)
        const { reserved } = JSON.parse(memory.kv.get(`${prefix}s/${stream}`) || '{"reserved":0}') as { readonly reserved: number }
        return { last: recordsOf(stream).stats().last, reserved: Math.max(number, reserved), exact: noted[0] === '=' ? number : 0, told }
      }),
    read: (stream, from, most, mostUnits) => call(`read ${stream} ${from}`, chainOf(stream), () => recordsOf(stream).read(from, most, mostUnits)),
    settle: (stream, acked, tried) =>
      call(
        `settle ${stream} ${acked} ${tried}`,
        chainOf(stream),
        () => {
          memory.kv.set(`${prefix}a/${stream}`, JSON.stringify({ acked, tried }))
          remove(stream, ({ seq }) => seq <= acked)
        },
        { grows: true },
      ),
    drop: (stream, from, through) =>
      call(`drop ${stream} ${from}..${through}`, chainOf(stream), () => remove(stream, ({ seq }) => seq >= from && seq <= through), {}),
    forget: (stream) =>
      call(
        `forget ${stream}`,
        chainOf(stream),
        () => {
          for (const key of [noteOf(stream), ...['s', 'a', 'e'].map((kind) => `${prefix}${kind}/${stream}`)]) memory.kv.delete(key)
          memory.logs.delete(prefix + stream)
        },
        {},
      ),
    streams: () =>
      call('streams', 'list', () => {
        const found = new Set<string>()
        memory.logs.forEach((log, name) => name.indexOf(prefix) || !log.stats().count || found.add(name.slice(prefix.length)))
        memory.kv.forEach((_, key) => key.indexOf(`note:${prefix}`) || found.add(key.slice(5 + prefix.length)))
        return Array.from(found).sort((a, b) => Number(isTradeStream(b)) - Number(isTradeStream(a)))
      }),
    count: () =>
      call('count', 'list', () => {
        let records = 0
        memory.logs.forEach((log, name) => name.indexOf(prefix) || (records += log.stats().count))
        return [records, Array.from(memory.kv.keys()).filter((key) => !key.indexOf(prefix + 'q/')).length] as const
      }),
    async get(key) {
      return JSON.parse((await kv.get(key)) || 'null') as unknown
    },
    set: (key, value) => kv.set(key, JSON.stringify(value)),
  }
}
