import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OmoError } from '../issues'
import type { Kv } from '../ports'
import { isDraft, removeFile, replaceFile } from './durable-file'
import { fileFault, systemCode } from './file-fault'
import { fileName } from './file-name'

const limits = { perKey: 16_000_000, total: Number.MAX_SAFE_INTEGER }

/** One file per key, `["key","value"]`, replaced as a whole. */
export function nodeKv(dir: string): Kv {
  /** Writes to one key go one after the other. */
  const lines = new Map<string, Promise<void>>()

  const inLine = (key: string, work: (path: string) => Promise<void>): Promise<void> => {
    const path = join(dir, fileName(key))
    const turn = (lines.get(key) ?? Promise.resolve()).catch(() => {}).then(() => work(path))
    lines.set(key, turn)
    const leave = (): void => {
      if (lines.get(key) === turn) lines.delete(key)
    }
    turn.then(leave, leave)
    return turn.catch((error) => {
      throw fileFault(error)
    })
  }

  const read = async (path: string): Promise<readonly [string, string] | undefined> => {
    try {
      return JSON.parse(await readFile(path, 'utf8')) as [string, string]
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined
      throw fileFault(error)
    }
  }

  return {
    limits,
    async get(key) {
      await lines.get(key)?.catch(() => {})
      const pair = await read(join(dir, fileName(key)))
      return pair ? pair[1] : null
    },
    set: (key, value) =>
      value.length > limits.perKey
        ? Promise.reject(new OmoError('quota', `${key}: over ${limits.perKey} characters`))
        : inLine(key, (path) => replaceFile(path, JSON.stringify([key, value]))),
    del: (key) => inLine(key, removeFile),
    async keys(prefix) {
      await Promise.all([...lines.values()].map((turn) => turn.catch(() => {})))
      const names = await readdir(dir).catch(() => [])
      const pairs = await Promise.all(names.filter((name) => !isDraft(name)).map((name) => read(join(dir, name))))
      return pairs.flatMap((pair) => (pair && pair[0].startsWith(prefix) ? [pair[0]] : [])).sort()
    },
  }
}
