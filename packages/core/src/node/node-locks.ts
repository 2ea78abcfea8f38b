import { join, resolve as absolute } from 'node:path'
import { createLockTable } from '../memory/lock-table'
import type { LockGrant, LockMode } from '../memory/lock-table'
import type { LockLost, Locks } from '../ports'
import { fileFault } from './file-fault'
import { takeFileLock } from './file-lock'
import type { FileLock } from './file-lock'
import { fileName } from './file-name'

/** Waiters of this process stand in one line, whichever ports they came through; the first of them asks for the file. */
const table = createLockTable()

/** Locks between the threads of work of this process and between processes on this machine. */
export function nodeLocks(dir: string): Locks {
  const under =
    (mode: LockMode) =>
    async <T>(name: string, run: (lost: LockLost) => Promise<T>): Promise<T | undefined> => {
      const folder = join(absolute(dir), fileName(name))
      const grant = await new Promise<LockGrant | undefined>((granted) => table.acquire(folder, {}, mode, granted))
      if (!grant) return undefined
      let lock: FileLock | undefined
      try {
        lock = await take(folder, mode)
        return lock && (await run(() => grant.lost || (lock as FileLock).lost()))
      } finally {
        await lock?.release().catch(() => {})
        table.release(grant)
      }
    }
  return { hold: under('wait') as Locks['hold'], ifFree: under('if-free'), steal: under('steal') as Locks['steal'] }
}

async function take(folder: string, mode: LockMode): Promise<FileLock | undefined> {
  for (let attempt = 1; ; attempt++) {
    const lock = await takeFileLock(folder, mode === 'steal').catch((error) => {
      throw fileFault(error)
    })
    // of two who came at once both may have drawn back: try again before saying it is taken
    if (lock || (mode === 'if-free' && attempt === 4)) return lock
    await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(50, 4 << attempt)))
  }
}
