import type { Life } from '../ports'

/** Page life cycle: hidden, frozen or left; shown, thawed or come back; on and off the network. */
export function webLife(): Life {
  const watch =
    (hide: boolean) =>
    (listener: () => void): (() => void) => {
      let hidden = isHidden()
      return on('pagehide freeze visibilitychange pageshow resume', (type) => {
        const leaves = isLeaving(type)
        const now = leaves || (type === 'visibilitychange' && isHidden())
        // a tab already hidden is told again when it closes: the last chance to send
        if (now === hide && (now !== hidden || leaves)) listener()
        hidden = now
      })
    }
  return {
    onHide: watch(true),
    onShow: watch(false),
    onOnline: (listener) => on('online offline', (type) => listener(type === 'online')),
  }
}

/** Listens in the capture phase, where the window hears what is fired at the document too. Does nothing on a server. */
export function on(types: string, listener: (type: string) => void): () => void {
  if (typeof addEventListener === 'undefined') return () => {}
  const hear = ({ type }: Event): void => listener(type)
  const each = (act: typeof addEventListener): void => types.split(' ').forEach((type) => act(type, hear, true))
  each(addEventListener)
  return () => each(removeEventListener)
}

/** Tells when the page is left or frozen. */
export const onLeave = (listener: () => void): (() => void) => on('pagehide freeze', listener)

export const isLeaving = (type: string): boolean => type === 'pagehide' || type === 'freeze'
export const isHidden = (): boolean => typeof document !== 'undefined' && document.visibilityState === 'hidden'
