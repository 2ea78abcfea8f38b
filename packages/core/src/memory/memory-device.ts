import { createLockTable } from './lock-table'
import type { LockTable } from './lock-table'
import { createMemoryLog } from './memory-log'
import type { MemoryLog } from './memory-log'

/** Options of {@link createMemoryDevice}. */
export interface MemoryDeviceOptions {
  /** UTF-16 units that all keys and records together may take, default 100,000,000. */
  readonly quota?: number
}

/**
 * A device whose storage is plain memory and outlives the ports on it: new ports on the same device are a restart,
 * several ports at once are tabs.
 */
export interface MemoryDevice {
  /** What is stored, by full key, for a test to look at or to damage. */
  readonly kv: Map<string, string>
  /** The logs, by full name. */
  readonly logs: Map<string, MemoryLog>
  readonly locks: LockTable
  quota: number
  /** UTF-16 units in use. */
  used(): number
  /** Adds a running context; the answer takes it off again. */
  attach(context: MemoryContext): () => void
  /** Kills every context on the device. Storage stays. */
  kill(): void
  /** A second device with the same storage: what a restored backup or a cloned disk is. */
  clone(): MemoryDevice
}

/** A running page, program or process on the device. */
export interface MemoryContext {
  kill(): void
}

export function createMemoryDevice(options: MemoryDeviceOptions = {}): MemoryDevice {
  return build(options.quota || 100_000_000, new Map(), new Map())
}

function build(quota: number, kv: Map<string, string>, logs: Map<string, MemoryLog>): MemoryDevice {
  const contexts = new Set<MemoryContext>()
  return {
    kv,
    logs,
    locks: createLockTable(),
    quota,
    used() {
      let sum = 0
      kv.forEach((value, key) => (sum += key.length + value.length))
      logs.forEach((log) => (sum += log.stats().bytes))
      return sum
    },
    attach(context) {
      contexts.add(context)
      return () => contexts.delete(context)
    },
    kill: () => Array.from(contexts).forEach((context) => context.kill()),
    clone() {
      const copies = new Map<string, MemoryLog>()
      logs.forEach((log, name) => copies.set(name, log.copy()))
      return build(quota, new Map(kv), copies)
    },
  }
}

/** The log of that name, made on first use. */
export function logOf(device: MemoryDevice, name: string): MemoryLog {
  let log = device.logs.get(name)
  if (!log) device.logs.set(name, (log = createMemoryLog()))
  return log
}
