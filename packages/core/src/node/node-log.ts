import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogStore } from '../ports'
import { isDraft } from './durable-file'
import { fileFault, systemCode } from './file-fault'
import { fileName } from './file-name'
import { openLogFile } from './log-file'
import type { LogFile } from './log-file'

/** One append-only file per stream. */
export interface NodeLog extends LogStore {
  /** Settles when nothing is being written. */
  idle(): Promise<unknown>
}

export function nodeLog(dir: string): NodeLog {
  const files = new Map<string, LogFile>()

  const fileOf = (stream: string): LogFile => {
    const name = fileName(stream)
    let file = files.get(name)
    if (!file) files.set(name, (file = openLogFile(join(dir, name), stream)))
    return file
  }

  return {
    open(stream) {
      const file = fileOf(stream)
      return { append: file.append, read: file.read, drop: (upTo, except = []) => file.drop(upTo, except), stats: file.stats }
    },
    async list() {
      const names = await readdir(dir).catch((error) => {
        if (systemCode(error) === 'ENOENT') return []
        throw fileFault(error)
      })
      const streams: string[] = []
      for (const name of names) {
        if (isDraft(name)) continue
        const file = files.get(name) ?? openLogFile(join(dir, name), '')
        const stream = await file.name()
        if (stream !== undefined && (await file.stats()).count) streams.push(stream)
      }
      return streams.sort()
    },
    idle: () => Promise.all([...files.values()].map((file) => file.idle())),
  }
}
