import type { Life } from '../ports'
import type { MiniHost } from './mini-host'

/**
 * The mini-program goes to the background (five seconds later its code stands still) or memory runs short (it may be
 * killed at any moment): both are *hide*.
 */
export function miniLife(host: () => MiniHost): Life {
  return {
    onHide(listener) {
      const offs = [host().on('hide', listener), host().on('memory', listener)]
      return () => offs.forEach((off) => off())
    },
    onShow: (listener) => host().on('show', listener),
    onOnline: (listener) => host().on('network', listener),
  }
}
