/** A lock in somebody's hands. */
export interface LockGrant {
  readonly name: string
  readonly owner: object
  /** True once it was stolen or its owner died. */
  lost: boolean
}

export type LockMode = 'wait' | 'if-free' | 'steal'

/** The locks of one device, shared by its contexts. Callbacks instead of promises, so that a virtual world can delay them. */
export interface LockTable {
  /** Calls `granted` at once or later; with `if-free` and the lock taken, at once with undefined. */
  acquire(name: string, owner: object, mode: LockMode, granted: (grant: LockGrant | undefined) => void): void
  release(grant: LockGrant): void
  /** The owner died: what it held goes to the next in line, what it waited for is forgotten. */
  dropOwner(owner: object): void
  heldBy(name: string): object | undefined
}

interface Waiter {
  readonly owner: object
  readonly granted: (grant: LockGrant) => void
}

export function createLockTable(): LockTable {
  const held = new Map<string, LockGrant>()
  const waiting = new Map<string, Waiter[]>()

  function give(name: string, waiter: Waiter): void {
    const grant: LockGrant = { name, owner: waiter.owner, lost: false }
    held.set(name, grant)
    waiter.granted(grant)
  }

  function next(name: string): void {
    held.delete(name)
    const waiter = (waiting.get(name) || []).shift()
    if (waiter) give(name, waiter)
  }

  return {
    acquire(name, owner, mode, granted) {
      const holder = held.get(name)
      if (holder && mode === 'if-free') return granted(undefined)
      if (holder && mode === 'wait') {
        const line = waiting.get(name) || []
        waiting.set(name, line)
        line.push({ owner, granted })
        return
      }
      if (holder) holder.lost = true
      give(name, { owner, granted })
    },
    release(grant) {
      if (held.get(grant.name) === grant) next(grant.name)
    },
    dropOwner(owner) {
      waiting.forEach((line, name) =>
        waiting.set(
          name,
          line.filter((waiter) => waiter.owner !== owner),
        ),
      )
      Array.from(held.values()).forEach((grant) => {
        if (grant.owner !== owner) return
        grant.lost = true
        next(grant.name)
      })
    },
    heldBy: (name) => (held.get(name) || { owner: undefined }).owner,
  }
}
