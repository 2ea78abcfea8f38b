import { OmoError } from '../issues'
import type { Kv } from '../ports'
import { escape, unescape } from '../web/prefix'
import { armour, unarmour } from './armour'
import type { MiniHost } from './mini-host'
import { stored } from './storage-fault'

/** Values cut into parts, by name: which of the two generations holds, and how many parts. */
export type ShardTable = Map<string, { readonly generation: number; readonly parts: number }>

/** Characters a value may have, and what the host gives a mini-program in all: shared with the host's own data. */
export const kvLimits: Kv['limits'] = { perKey: 1_000_000, total: 10_485_760 }

/** Below Alipay's 200 × 1024 characters a key and, at three bytes a character, WeChat's 1 MB. */
export const partLength = 180_000

/**
 * Strings by key in the host's storage. A value that fits is one key and one write. A longer one is cut: its parts go to
 * the generation not in use, then its head names them, then the old parts leave; a kill anywhere leaves the old value or
 * the new one.
 */
export function miniKv(host: () => MiniHost, prefix: string, tableOf: () => { readonly shards: Map<string, ShardTable> }): Kv {
  const headKey = (name: string): string => prefix + 'k:' + name
  const partKey = (name: string, generation: number, part: number): string => `${prefix}p:${name}:${generation}:${part}`

  /** What is cut; parts that no head names, left by a kill, are removed on the way. */
  const shards = (): ShardTable => {
    const tables = tableOf().shards
    let table = tables.get(prefix)
    if (table) return table
    const found: ShardTable = (table = new Map())
    const start = prefix + 'p:'
    for (const key of host().keys()) {
      if (key.indexOf(start) !== 0) continue
      const [name = '', generation = '', part = ''] = key.slice(start.length).split(':')
      const head = headOf(host().read(headKey(name)))
      if (head && head.generation === Number(generation) && Number(part) < head.parts) found.set(name, head)
      else host().remove(key)
    }
    tables.set(prefix, found)
    return found
  }

  const removeParts = (name: string, { generation, parts }: { readonly generation: number; readonly parts: number }): void => {
    for (let part = 0; part < parts; part++) host().remove(partKey(name, generation, part))
  }

  const write = (name: string, text: string): void => {
    const table = shards()
    const old = table.get(name)
    const pieces = text.length < partLength ? [] : cut(text)
    const next = { generation: old ? 1 - old.generation : 0, parts: pieces.length }
    try {
      pieces.forEach((piece, part) => host().write(partKey(name, next.generation, part), piece))
      host().write(headKey(name), pieces.length ? `#${next.generation}:${next.parts}` : '=' + text)
    } catch (error) {
      removeParts(name, next)
      throw error
    }
    if (pieces.length) table.set(name, next)
    else table.delete(name)
    if (old) removeParts(name, old)
  }

  const read = (name: string): string | null => {
    const text = host().read(headKey(name))
    const head = headOf(text)
    if (!head) return text ? unarmour(text.slice(1)) : null
    let whole = ''
    for (let part = 0; part < head.parts; part++) {
      const piece = host().read(partKey(name, head.generation, part))
      if (piece === undefined) return null // damaged: better nothing than half
      whole += piece
    }
    return unarmour(whole)
  }

  const nameOf = (key: string): string => escape(armour(key))

  return {
    limits: kvLimits,
    get: (key) => stored(() => read(nameOf(key))),
    set: (key, value) =>
      stored(() => {
        if (value.length > kvLimits.perKey) throw new OmoError('quota', `${key}: over ${kvLimits.perKey} characters`)
        write(nameOf(key), armour(value))
      }),
    del: (key) =>
      stored(() => {
        const name = nameOf(key)
        const old = shards().get(name)
        host().remove(headKey(name))
        shards().delete(name)
        if (old) removeParts(name, old)
      }),
    keys: (start) =>
      stored(() => {
        const all = headKey('')
        return host()
          .keys()
          .filter((key) => key.indexOf(all) === 0)
          .map((key) => unarmour(unescape(key.slice(all.length))))
          .filter((key) => key.indexOf(start) === 0)
          .sort()
      }),
  }
}

function headOf(text: string | undefined): { readonly generation: number; readonly parts: number } | undefined {
  const match = text && /^#([01]):(\d+)$/.exec(text)
  return match ? { generation: Number(match[1]), parts: Number(match[2]) } : undefined
}

/** Pieces that no surrogate pair is divided between. */
function cut(text: string): string[] {
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + partLength)
    const last = text.charCodeAt(end - 1)
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end--
    pieces.push(text.slice(at, end))
    at = end
  }
  return pieces
}
