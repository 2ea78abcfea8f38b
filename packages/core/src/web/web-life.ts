import type { Life } from '../ports'

/** Page life cycle: hidden, frozen or left; shown, thawed or come back; on and off the network. */
export function webLife(): Life {
  const watch =
    (hide: boolean) =>
    (listener: () => void): (() => void) => {
      let hidden = isHidden()
      return on(['pagehide', 'freeze', 'visibilitychange', 'pageshow', 'resume'], ({ type }) => {
        const leaves = type === 'pagehide' || type === 'freeze'
        const now = leaves || (type === 'visibilitychange' && isHidden())
        // a tab already hidden is told again when it closes: the last chance to send
        if (now === hide && (now !== hidden || leaves)) listener()
        hidden = now
      })
    }
  return {
    onHide: watch(true),
    onShow: watch(false),
    onOnline: (listener) => on(['online', 'offline'], ({ type }) => listener(type === 'online')),
  }
}

/** Listens in the capture phase, where the window hears what is fired at the document too. Does nothing on a server. */
export function on(types: readonly string[], listener: (event: { readonly type: string }) => void): () => void {
  if (typeof addEventListener === 'undefined') return () => {}
  types.forEach((type) => addEventListener(type, listener, true))
  return () => types.forEach((type) => removeEventListener(type, listener, true))
}

const isHidden = (): boolean => typeof document !== 'undefined' && document.visibilityState === 'hidden'
