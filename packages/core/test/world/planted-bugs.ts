import type { FactsRequest, Ports } from '@omokit/core'
import type { FetchLike } from '@omokit/core/memory'
import type { ReferenceHub, World } from '@omokit/core/testing'

/** A hub that answers first and stores half a second later: what it had not stored is gone when it crashes. */
export function ackBeforeCommit(hub: ReferenceHub, world: World): () => FetchLike {
  let lives = 0
  return () => {
    const life = ++lives
    const store = hub.start()
    return (url, init) => {
      world.after(500, () => {
        if (life === lives) void store(url, init)
      })
      const { facts } = JSON.parse(init.body || '') as FactsRequest
      const through = Math.max(...facts.map(({ seq }) => seq))
      return { status: 200, headers: new Map<string, string>(), text: () => Promise.resolve(JSON.stringify({ through, except: [], server_time: 0 })) }
    }
  }
}

/** A device that deletes what it sends without waiting for the answer. */
export function deleteBeforeAck(ports: Ports): Ports {
  return {
    ...ports,
    net: {
      async send(request) {
        if (/\/v1\/facts$/.test(request.url)) {
          const { stream, facts } = JSON.parse(request.body || '') as FactsRequest
          await ports.log.open(stream).drop(Math.max(...facts.map(({ seq }) => seq)))
        }
        return ports.net.send(request)
      },
    },
  }
}

/** A device that forgets which numbers it had reserved, and starts again above what it finds in the log. */
export function reuseNumbers(ports: Ports): Ports {
  return {
    ...ports,
    kv: {
      ...ports.kv,
      async get(key) {
        const value = await ports.kv.get(key)
        return value === null || !/^s\//.test(key) ? value : JSON.stringify({ ...JSON.parse(value), reserved: 0 })
      },
    },
  }
}
