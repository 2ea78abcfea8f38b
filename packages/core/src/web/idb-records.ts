import { promisifyRequest as answer } from 'idb-keyval'
import type { Database } from './database'
import type { RecordRun, RecordStore } from './record-store'

/**
 * Records in IndexedDB: key `[stream, seq]`, value the text. `[stream, 0]` holds the highest number that was dropped, so
 * that neither a restart nor a late journal key brings a number back.
 */
export function idbRecords(database: Database): RecordStore {
  const read = <T>(callback: (store: IDBObjectStore) => Promise<T>): Promise<T | undefined> => database('log', 'readonly', callback)
  const write = (callback: (store: IDBObjectStore) => void, open?: boolean): Promise<void> =>
    database(
      'log',
      'readwrite',
      (store) => {
        callback(store)
        return answer(store.transaction)
      },
      open,
    )
  return {
    inJournal: false,

    add: (runs) => write((store) => runs.forEach((run) => put(store, run))),

    adopt: (runs) =>
      write(
        (store) =>
          runs.forEach((run) => {
            const mark = store.get([run.stream, 0])
            mark.onsuccess = () => put(store, run, mark.result || 0)
          }),
        true,
      ),

    page: (stream, from, max) =>
      read((store) => {
        const range = rangeOf(stream, Math.max(1, from))
        return Promise.all([answer(store.getAllKeys(range, max)), answer<string[]>(store.getAll(range, max))])
      }).then((found) => (found ? found[1].map((text, i) => ({ seq: (found[0][i] as [string, number])[1], text })) : [])),

    drop: (stream, upTo, except) =>
      write((store) => {
        const last = store.openKeyCursor(rangeOf(stream, 0), 'prev')
        last.onsuccess = () => {
          if (!last.result) return
          const mark = store.get([stream, 0])
          mark.onsuccess = () => {
            const top = (last.result as IDBCursor).key as [string, number]
            let low = 0 // the old mark goes with the first range
            except
              .filter((seq) => seq <= upTo)
              .concat(upTo + 1)
              .sort((a, b) => a - b)
              .forEach((seq) => {
                if (seq > low) store.delete(rangeOf(stream, low, seq - 1))
                low = seq + 1
              })
            // never above what was appended: a number still to come must not count as dropped
            store.put(Math.max(mark.result || 0, Math.min(upTo, top[1])), [stream, 0])
          }
        }
      }, true),

    top: (stream) =>
      read((store) => Promise.all([answer(store.openKeyCursor(rangeOf(stream, 0), 'prev')), answer<number | undefined>(store.get([stream, 0]))])).then(
        (found) => (found ? Math.max(found[0] ? (found[0].key as [string, number])[1] : 0, found[1] || 0) : 0),
      ),

    list: () =>
      read(
        (store) =>
          new Promise<string[]>((resolve, reject) => {
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
          }),
      ).then((streams) => streams || []),
  }
}

/** With `above`, passes over what is held already and what is not above it. */
function put(store: IDBObjectStore, { stream, first, texts }: RecordRun, above?: number): void {
  texts.forEach((text, i) => {
    if (above !== undefined && first + i <= above) return
    const request = store.add(text, [stream, first + i])
    if (above !== undefined)
      request.onerror = (event) => {
        event.preventDefault() // held: the transaction goes on
        event.stopPropagation()
      }
  })
}

const rangeOf = (stream: string, from: number, to = Infinity): IDBKeyRange => IDBKeyRange.bound([stream, from], [stream, to])
