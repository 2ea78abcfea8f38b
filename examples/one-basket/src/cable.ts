import { OmoError, type Ports } from '@omokit/core'

/** A device's network cable, to be pulled and plugged in again. */
export interface Cable {
  /** The device's ports with the network behind the cable; everything else is its own. */
  readonly ports: Ports
  plugged(): boolean
  pull(): void
  plug(): void
}

/** Cuts requests and event streams of one device, and tells it so as its runtime would. */
export function createCable(own: Ports): Cable {
  let plugged = true
  const streams = new Set<() => void>()
  const listeners = new Set<(online: boolean) => void>()
  const tell = (online: boolean): void => listeners.forEach((listener) => listener(online))
  return {
    ports: {
      ...own,
      net: {
        send: async (request) => {
          if (!plugged) throw new OmoError('unavailable', 'the network cable is out')
          const answer = await own.net.send(request)
          // an answer on its way when the cable was pulled does not arrive
          if (!plugged) throw new OmoError('unavailable', 'the network cable is out')
          return answer
        },
        stream: (url, on) => {
          if (!plugged || !own.net.stream) return own.timer.after(0, () => on.onError())
          const end = own.net.stream(url, on)
          const cut = (): void => {
            end()
            on.onError()
          }
          streams.add(cut)
          return () => {
            streams.delete(cut)
            end()
          }
        },
      },
      life: {
        ...own.life,
        onOnline: (listener) => {
          listeners.add(listener)
          const off = own.life.onOnline((online) => plugged && listener(online))
          return () => {
            listeners.delete(listener)
            off()
          }
        },
      },
    },
    plugged: () => plugged,
    pull() {
      if (!plugged) return
      plugged = false
      tell(false)
      const open = [...streams]
      streams.clear()
      for (const cut of open) cut()
    },
    plug() {
      if (plugged) return
      plugged = true
      tell(true)
    },
  }
}
