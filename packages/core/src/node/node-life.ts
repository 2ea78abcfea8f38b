import type { Life } from '../ports'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * The life of a process. On a signal that ends it the listeners run, what is being written is awaited (`idle`, two
 * seconds at most), and then the signal is given back: the process ends as it would without us, unless the host listens
 * too. A process has no network state of its own, so `onOnline` never calls.
 */
export function nodeLife(idle: () => Promise<unknown>): Life {
  const leaving = new Set<() => void>()

  const onSignal = (signal: NodeJS.Signals): void => {
    leaving.forEach((listener) => listener())
    Promise.race([idle(), new Promise((resolve) => setTimeout(resolve, 2000).unref())]).then(() => {
      signals.forEach((name) => process.off(name, onSignal))
      if (!process.listenerCount(signal)) process.kill(process.pid, signal)
      else if (leaving.size) signals.forEach((name) => process.on(name, onSignal))
    })
  }
  const onExit = (): void => leaving.forEach((listener) => listener())

  return {
    onHide(listener) {
      const entry = (): void => listener()
      if (!leaving.size) {
        signals.forEach((name) => process.on(name, onSignal))
        process.once('beforeExit', onExit) // once: what a listener sends keeps the process alive a little
      }
      leaving.add(entry)
      return () => {
        leaving.delete(entry)
        if (leaving.size) return
        signals.forEach((name) => process.off(name, onSignal))
        process.off('beforeExit', onExit)
      }
    },
    onShow(listener) {
      const heard = (): void => listener()
      process.on('SIGCONT', heard)
      return () => void process.off('SIGCONT', heard)
    },
    onOnline: () => () => {},
  }
}
