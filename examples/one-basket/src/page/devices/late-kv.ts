import type { Kv } from '@omokit/core'

/** A store that writes nothing until it is opened. */
export interface LateKv {
  readonly kv: Kv
  /** Writes what was kept in memory; from here on everything goes through. */
  open(): Promise<void>
}

/**
 * The till of the demonstration lives in the shopper's browser, where nothing may be stored before a choice. A till of one's
 * own needs none of this.
 */
export function createLateKv(own: Kv): LateKv {
  const waiting = new Map<string, string | null>()
  let opened = false
  return {
    kv: {
      limits: own.limits,
      get: async (key) => {
        const value = waiting.get(key)
        return value === undefined ? own.get(key) : value
      },
      set: async (key, value) => {
        if (!opened) return void waiting.set(key, value)
        waiting.delete(key)
        await own.set(key, value)
      },
      del: async (key) => {
        if (!opened) return void waiting.set(key, null)
        waiting.delete(key)
        await own.del(key)
      },
      keys: async (prefix) => {
        const names = new Set(await own.keys(prefix))
        waiting.forEach((value, key) => {
          if (!key.startsWith(prefix)) return
          if (value === null) names.delete(key)
          else names.add(key)
        })
        return [...names].sort()
      },
    },
    async open() {
      if (opened) return
      opened = true
      for (const [key, value] of waiting) {
        await (value === null ? own.del(key) : own.set(key, value))
        if (waiting.get(key) === value) waiting.delete(key)
      }
    },
  }
}
