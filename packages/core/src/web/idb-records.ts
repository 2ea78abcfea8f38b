import { answer } from './database'
import type { Database } from './database'
import type { RecordRun, RecordStore } from './record-store'

/**
 * Records in IndexedDB: key `[stream, seq]`, value the text. `[stream, 0]` holds the highest number that was dropped, so
 * that neither a restart nor a late journal key brings a number back.
 */
export function idbRecords(database: Database): RecordStore {
  return {
    inJournal: false,

    add: (runs) => database.write('log', (store) => runs.forEach((run) => put(store, run))),

    adopt: (runs) => database.write('log', (store) => runs.forEach((run) => {
      const mark = store.get([run.stream, 0])
      mark.onsuccess = () => put(store, run, mark.result || 0)
    }), true),

    page: (stream, from, max) => database.read<readonly [IDBValidKey[], string[]]>('log', (store) => {
      const range = rangeOf(stream, Math.max(1, from))
      return Promise.all([answer(store.getAllKeys(range, max)), answer<string[]>(store.getAll(range, max))])
    }, [[], []]).then(([keys, texts]) => texts.map((text, i) => ({ seq: (keys[i] as [string, number])[1], text }))),

    drop: (stream, upTo, except) => database.write('log', (store) => {
      const last = store.openKeyCursor(rangeOf(stream, 0), 'prev')
      last.onsuccess = () => {
        if (!last.result) return
        const mark = store.get([stream, 0])
        mark.onsuccess = () => {
          const top = (last.result as IDBCursor).key as [string, number]
          let low = 0 // the old mark goes with the first range
          except.filter((seq) => seq <= upTo).concat(upTo + 1).sort((a, b) => a - b).forEach((seq) => {
            if (seq > low) store.delete(rangeOf(stream, low, seq - 1))
            low = seq + 1
          })
          // never above what was appended: a number still to come must not count as dropped
          store.put(Math.max(mark.result || 0, Math.min(upTo, top[1])), [stream, 0])
        }
      }
    }, true),

    top: (stream) => database.read<readonly [IDBCursor | null, number | undefined]>('log', (store) =>
      Promise.all([answer(store.openKeyCursor(rangeOf(stream, 0), 'prev')), answer<number | undefined>(store.get([stream, 0]))]), [null, undefined],
    ).then(([last, mark]) => Math.max(last ? (last.key as [string, number])[1] : 0, mark || 0)),

    list: () => database.read<string[]>('log', (store) => new Promise((resolve, reject) => {
      const streams: string[] = []
      const request = store.openKeyCursor()
      request.onerror = () => reject(request.error)
      request.onsuccess = () => {
        const cursor = request.result
        if (!cursor) return resolve(streams)
        const [stream, seq] = cursor.key as [string, number]
        if (seq) {
          streams.push(stream)
          cursor.continue([stream, Infinity]) // over the rest of this stream
        } else cursor.continue()
      }
    }), []),
  }
}

/** With `above`, passes over what is held already and what is not above it. */
function put(store: IDBObjectStore, { stream, first, texts }: RecordRun, above?: number): void {
  texts.forEach((text, i) => {
    if (above !== undefined && first + i <= above) return
    const request = store.add(text, [stream, first + i])
    if (above !== undefined) request.onerror = (event) => {
      event.preventDefault() // held: the transaction goes on
      event.stopPropagation()
    }
  })
}

const rangeOf = (stream: string, from: number, to = Infinity): IDBKeyRange => IDBKeyRange.bound([stream, from], [stream, to])
