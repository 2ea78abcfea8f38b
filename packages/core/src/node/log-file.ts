import { mkdir, open, rename, stat, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { OmoError } from '../issues'
import type { LogRecord, LogStats } from '../ports'
import { draftOf, syncFolder } from './durable-file'
import { fileFault, systemCode } from './file-fault'
import { dropLine, nameLine, parseLine, recordLine, splitRecord, topLine } from './log-lines'

/** One stream's append-only file. */
export interface LogFile {
  append(first: number, texts: readonly string[]): Promise<void>
  read(from: number, max: number, maxBytes: number): Promise<readonly LogRecord[]>
  drop(upTo: number, except: readonly number[]): Promise<void>
  stats(): Promise<LogStats>
  /** The stream's name as the file states it; undefined when there is no file. */
  name(): Promise<string | undefined>
  /** Settles when nothing is being written. */
  idle(): Promise<void>
}

interface Held {
  readonly seq: number
  readonly at: number
  /** Bytes of the line without its end. */
  readonly size: number
  readonly chars: number
}

interface Call {
  readonly first: number
  readonly texts: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: OmoError) => void
}

/** Rewriting is worth it above this many dead bytes, when they are more than the living. */
const worthwhile = 256 * 1024

/**
 * Appends by group commit: what arrives while one `datasync` runs goes into the next. Nothing is ever written over, so
 * that SIGKILL at any point leaves every acknowledged record; other processes may read and drop meanwhile.
 */
export function openLogFile(path: string, stream: string): LogFile {
  let held: Held[] = []
  let top = 0
  let bytes = 0
  let named: string | undefined
  /** How far the file was read, and which file it was. */
  let end = 0
  let inode = -1
  /** The last byte read was no line end: a torn line. */
  let torn = false
  let wrote = false
  let calls: Call[] = []
  /** One piece of work on the file at a time. */
  let line: Promise<unknown> = Promise.resolve()

  const inLine = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = line.then(work).catch((error) => {
      throw fileFault(error)
    })
    line = turn.catch(() => {})
    return turn
  }

  const forget = (): void => {
    held = []
    top = bytes = end = 0
    inode = -1
    torn = false
    named = undefined
  }

  /** Reads what was added since, by us or by another process; all of it when the file was replaced. */
  const catchUp = async (): Promise<void> => {
    const found = await stat(path).catch((error) => {
      if (systemCode(error) === 'ENOENT') return undefined
      throw error
    })
    if (!found) return forget()
    if (found.ino !== inode || found.size < end) forget()
    inode = found.ino
    if (found.size === end) return
    const file = await open(path, 'r')
    try {
      await take(file, found.size)
    } finally {
      await file.close()
    }
  }

  const take = async (file: FileHandle, size: number): Promise<void> => {
    let rest = Buffer.alloc(0)
    while (end + rest.length < size) {
      const piece = Buffer.alloc(Math.min(1 << 20, size - end - rest.length))
      const { bytesRead } = await file.read(piece, 0, piece.length, end + rest.length)
      if (!bytesRead) break
      const data = Buffer.concat([rest, piece.subarray(0, bytesRead)])
      let from = 0
      for (let stop = data.indexOf(10); stop >= 0; stop = data.indexOf(10, from)) {
        learn(data.toString('utf8', from, stop), end + from, stop - from)
        from = stop + 1
      }
      end += from
      rest = data.subarray(from)
    }
    torn = rest.length > 0
  }

  const learn = (text: string, at: number, size: number): void => {
    const parsed = parseLine(text)
    if (!parsed) return
    if (parsed.kind === 'name') named = parsed.stream
    else if (parsed.kind === 'top') top = Math.max(top, parsed.seq)
    else if (parsed.kind === 'drop') forgetUpTo(parsed.upTo, parsed.except)
    else if (parsed.seq > top) {
      held.push({ seq: parsed.seq, at, size, chars: parsed.chars })
      bytes += parsed.chars
      top = parsed.seq
    }
  }

  const forgetUpTo = (upTo: number, except: readonly number[]): void => {
    const stop = firstAt(held, upTo + 1)
    const kept = except.length ? held.slice(0, stop).filter(({ seq }) => except.includes(seq)) : []
    held = kept.concat(held.slice(stop))
    bytes = held.reduce((sum, { chars }) => sum + chars, 0)
  }

  /** Adds lines and puts them on disk. When the disk is full the file is as before. */
  const add = async (lines: string): Promise<void> => {
    for (;;) {
      const fresh = inode < 0
      if (fresh) await mkdir(dirname(path), { recursive: true })
      const file = await open(path, 'a', 0o600)
      try {
        const before = await file.stat()
        if (!fresh && before.ino !== inode) {
          await catchUp()
          continue
        }
        try {
          // a torn line gets an end that no whole line has: what lacked only its line end must not come to life
          await file.appendFile((torn ? '!\n' : '') + (named === undefined ? nameLine(stream) : '') + lines)
          await file.datasync()
        } catch (error) {
          await file.truncate(before.size)
          throw error
        }
        if (fresh) await syncFolder(dirname(path))
        // replaced while we wrote (another process compacted): what we wrote may be in the old file only
        if ((await stat(path)).ino === before.ino) return
      } finally {
        await file.close()
      }
      await catchUp()
    }
  }

  const commit = async (batch: readonly Call[]): Promise<void> => {
    let mark = top
    const good = batch.filter((call) => {
      if (!(call.first > mark)) {
        call.reject(new OmoError('stream-fork', `number ${call.first} is not above ${mark}`))
        return false
      }
      mark = call.first + call.texts.length - 1
      return true
    })
    if (!good.length) return
    try {
      await add(good.map(({ first, texts }) => texts.map((text, i) => recordLine(first + i, text)).join('')).join(''))
      wrote = true
      good.forEach(({ resolve }) => resolve())
      await catchUp()
    } catch (error) {
      const fault = fileFault(error)
      if (good.length === 1 || fault.code !== 'quota') return good.forEach(({ reject }) => reject(fault))
      await commit(good.slice(0, good.length >> 1))
      await commit(good.slice(good.length >> 1))
    }
  }

  const compact = async (): Promise<void> => {
    const alive = held.reduce((sum, { size }) => sum + size + 1, 0)
    if (end - alive < worthwhile || end < 2 * alive) return
    const found = await stat(path)
    if (!wrote && Date.now() - found.mtimeMs < 60_000) return // its writer lives: his to rewrite
    const old = await open(path, 'r')
    const draft = draftOf(path)
    try {
      const fresh = await open(draft, 'wx', 0o600)
      try {
        await fresh.appendFile(nameLine(named ?? stream))
        for (let i = 0; i < held.length; ) {
          const next = runEnd(held, i, 1 << 20)
          await fresh.appendFile(Buffer.concat([await bytesOf(old, held, i, next), Buffer.from('\n')]))
          i = next
        }
        await fresh.appendFile(topLine(top))
        await fresh.datasync()
      } finally {
        await fresh.close()
      }
      if ((await stat(path)).size !== end) return await unlink(draft)
      await rename(draft, path)
      await syncFolder(dirname(path))
    } finally {
      await old.close()
    }
    await catchUp()
  }

  return {
    append: (first, texts) => {
      if (!texts.length) return Promise.resolve()
      return new Promise((resolve, reject) => {
        if (calls.push({ first, texts, resolve, reject }) > 1) return
        inLine(async () => {
          const batch = calls
          calls = []
          try {
            await catchUp()
            await commit(batch)
          } catch (error) {
            batch.forEach((call) => call.reject(fileFault(error)))
          }
        }).catch(() => {})
      })
    },
    read: (from, max, maxBytes) =>
      inLine(async () => {
        await catchUp()
        const found: LogRecord[] = []
        let size = 0
        const start = firstAt(held, from)
        let stop = start
        for (; stop < held.length && stop - start < max; stop++) {
          size += (held[stop] as Held).chars
          if (stop > start && size > maxBytes) break
        }
        if (stop === start) return found
        const file = await open(path, 'r')
        try {
          for (let i = start; i < stop; ) {
            const next = Math.min(stop, runEnd(held, i, 1 << 20))
            const data = await bytesOf(file, held.slice(0, next), i, next)
            for (const text of data.toString('utf8').split('\n')) {
              const record = splitRecord(text)
              if (record) found.push(record)
            }
            i = next
          }
        } finally {
          await file.close()
        }
        return found
      }),
    drop: (upTo, except) =>
      inLine(async () => {
        await catchUp()
        if (firstAt(held, upTo + 1) > except.length || held.some(({ seq }) => seq <= upTo && !except.includes(seq))) {
          await add(
            dropLine(
              Math.min(upTo, top),
              except.filter((seq) => seq <= upTo),
            ),
          )
          await catchUp()
        }
        await compact()
      }),
    stats: () =>
      inLine(async () => {
        await catchUp()
        return { count: held.length, bytes, first: held[0]?.seq ?? 0, last: held[held.length - 1]?.seq ?? 0 }
      }),
    name: () =>
      inLine(async () => {
        await catchUp()
        return named
      }),
    idle: () => inLine(async () => {}),
  }
}

/** Index of the first record numbered `seq` or above. */
function firstAt(held: readonly Held[], seq: number): number {
  let low = 0
  let high = held.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((held[middle] as Held).seq < seq) low = middle + 1
    else high = middle
  }
  return low
}

/** End of the run of records from `from` that lie side by side in the file, about `limit` bytes at most. */
function runEnd(held: readonly Held[], from: number, limit: number): number {
  const start = (held[from] as Held).at
  let to = from + 1
  for (; to < held.length; to++) {
    const before = held[to - 1] as Held
    const next = held[to] as Held
    if (next.at !== before.at + before.size + 1 || next.at - start > limit) break
  }
  return to
}

/** The lines of records `from` to `to`, which lie side by side, without the last line end. */
async function bytesOf(file: FileHandle, held: readonly Held[], from: number, to: number): Promise<Buffer> {
  const last = held[to - 1] as Held
  const start = (held[from] as Held).at
  const data = Buffer.alloc(last.at + last.size - start)
  for (let got = 0; got < data.length; ) {
    const { bytesRead } = await file.read(data, got, data.length - got, start + got)
    if (!bytesRead) throw new OmoError('unavailable', 'log file is shorter than it was')
    got += bytesRead
  }
  return data
}
