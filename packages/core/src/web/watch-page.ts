import { isHidden, isLeaving, on } from './web-life'

/** See `PagePorts.watch`. A tab already hidden is told again when it closes: the last chance to send. */
export function watchPage(goes: () => void, back: () => void): () => void {
  let hidden = isHidden()
  return on('pagehide freeze visibilitychange pageshow resume online', (type) => {
    const leaves = isLeaving(type)
    const before = hidden
    if (type !== 'online') hidden = leaves || (type === 'visibilitychange' && isHidden())
    if (hidden && (leaves || !before)) goes()
    if (type === 'online' || (before && !hidden)) back()
  })
}
