import { idOf } from '../ids'
import { parse } from '../parse'
import { journalKey, recordKey, seqOf } from './record-keys'
import { shelfCap } from './shelf'
import type { Shelf } from './shelf'
import type { Entry, Table } from './table'
import type { PagePorts, PageRecords } from '../page/page-ports'

/**
 * Records in the table of a page, journalled in `localStorage`: one key per record, written in the calling task. In the
 * microtask after, everything appended goes into one transaction; journal keys go later, in slices. The keys are those of the
 * log of a page with all lanes, so that either takes up what the other left.
 */
export function webRecords(shelf: () => Shelf, table: Table, kv: PagePorts['kv']): PageRecords {
  const puts: Entry[] = []
  let storing: Promise<void> | undefined
  const stale: string[] = []
  let used = 0

  const erase = (key: string): void => shelf().del(key)
  // a removal costs more than a write
  const sweep = (): void => {
    stale.splice(0, 100).forEach(erase)
    if (stale.length) setTimeout(sweep, 20)
    else used = 0
  }
  const store = (): Promise<void> => {
    storing = undefined
    return table.write(puts.splice(0))
  }
  const get = async (key: string): Promise<unknown> => parse((await kv.get(key)) || '')
  const set = (key: string, value: unknown): Promise<void> => kv.set(key, JSON.stringify(value))
  const range = (stream: string, from: number, most?: number): Promise<Entry[]> => table.range(recordKey(stream, from), recordKey(stream, 1e14), most)

  return {
    begin: () => idOf(crypto.getRandomValues(new Uint8Array(21))),
    append(stream, seq, text) {
      puts.push([recordKey(stream, seq), text])
      const key = journalKey(stream) + seq
      try {
        if ((used += text.length) < shelfCap) shelf().set(key, text)
      } catch {
        // full: the table must do
      }
      storing = storing || Promise.resolve().then(store)
      return storing.then(
        () => {
          if (stale.push(key) === 1) setTimeout(sweep, 20)
        },
        (error) => {
          erase(key)
          throw error
        },
      )
    },
    note(stream, reserved, told, exact) {
      try {
        shelf().set('h:' + stream, `${exact ? '=' : ''}${reserved} ${told}`)
      } catch {
        // full: rather no note than an old one, the table must do
        erase('h:' + stream)
      }
      return set('s/' + stream, { lane: 'observe', reserved })
    },
    async open(stream, settled) {
      const start = journalKey(stream)
      const keys = shelf().keys(start)
      const late = keys
        .map((key): Entry => [recordKey(stream, Number(key.slice(start.length))), shelf().get(key) as string])
        .filter(([key]) => key > recordKey(stream, settled))
      if (late.length) await table.write(late)
      keys.forEach(erase)
      const noted = shelf().get('h:' + stream) || ''
      const [number = 0, told = 0] = noted.replace('=', '').split(' ').map(Number)
      const { reserved = 0 } = ((await get('s/' + stream)) || {}) as { readonly reserved?: number }
      const [last] = (await range(stream, 0)).slice(-1)
      return { last: last ? seqOf(last[0]) : 0, reserved: Math.max(number, reserved), exact: noted[0] === '=' ? number : 0, told }
    },
    async read(stream, from, most, mostUnits) {
      let units = 0
      const entries = await range(stream, from, most)
      return entries.filter(([, text], i) => (units += text.length) <= mostUnits || !i).map(([key, text]) => ({ seq: seqOf(key), text }))
    },
    settle: (stream, acked, tried) => table.write([['k:a/' + stream, JSON.stringify({ acked, tried })]], [[recordKey(stream, 0), recordKey(stream, acked)]]),
    drop: (stream, from, through) => table.write([], [[recordKey(stream, from), recordKey(stream, through)]]),
    forget(stream) {
      erase('h:' + stream)
      return table.write(
        [],
        ['k:s/', 'k:a/', 'k:e/', 'm:'].map((kind) => [kind + stream, kind + stream]),
      )
    },
    async streams() {
      const names = shelf()
        .keys('h:')
        .map((key) => key.slice(2))
      for (let low = 'r:'; ; ) {
        const [entry] = await table.range(low, 'r;', 1)
        if (!entry) return names
        const [, name] = entry[0].split(':') as [string, string]
        // a stream of trade is another outbox's
        if (names.indexOf(name) < 0 && !entry[1].startsWith('{"prev"')) names.push(name)
        low = `r:${name};`
      }
    },
    async count() {
      return [(await table.range('r:', 'r;')).length, (await table.range('k:q/', 'k:q0')).length]
    },
    get,
    set,
  }
}
