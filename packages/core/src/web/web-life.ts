import type { Life } from '../ports'

const states = 'pagehide freeze visibilitychange pageshow resume'

/** Page life cycle: hidden, frozen or left; shown, thawed or come back; on and off the network. */
export const webLife = (): Life => ({
  onHide: (listener) => watchPage(listener, nothing, states),
  onShow: (listener) => watchPage(nothing, listener, states),
  onOnline: (listener) => on('online offline', ({ type }) => listener(type === 'online')),
})

/** Tells when the page goes, and when it is back or, where `types` has it, the network. A tab already hidden is told again when it closes: the last chance to send. */
export function watchPage(goes: () => void, back: () => void, types: string = states + ' online'): () => void {
  let hidden = isHidden()
  return on(types, ({ type }) => {
    if (type === 'online') return back()
    const leaves = type === 'pagehide' || type === 'freeze'
    const before = hidden
    hidden = leaves || (type === 'visibilitychange' && isHidden())
    if (leaves || before !== hidden) (hidden ? goes : back)()
  })
}

const nothing = (): void => undefined

/** Listens in the capture phase, where the window hears what is fired at the document too. Does nothing on a server. */
export function on(types: string, listener: (event: Event) => void): () => void {
  if (typeof addEventListener === 'undefined') return () => {}
  const each = (act: typeof addEventListener): void => types.split(' ').forEach((type) => act(type, listener, true))
  each(addEventListener)
  return () => each(removeEventListener)
}

/** Tells when the page is left or frozen. */
export const onLeave = (listener: () => void): (() => void) => on('pagehide freeze', listener)

const isHidden = (): boolean => typeof document !== 'undefined' && document.hidden
