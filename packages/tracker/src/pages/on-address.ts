/** The part of the Navigation API that is used (HTML Standard, 7.2.6; in Chrome since 102). */
interface Navigation {
  addEventListener(type: 'currententrychange', listener: () => void): void
  removeEventListener(type: 'currententrychange', listener: () => void): void
}

/** Milliseconds between two looks where the browser does not tell. */
const pause = 500

/**
 * Calls `changed` after the address of the page changed, in a task of its own: a router has set the title by then, and several changes in one
 * task are one. Nothing is patched: the browser is asked, and where it cannot tell of `pushState`, the address is looked at twice a second
 * while the page is visible.
 */
export function onAddress(changed: () => void): () => void {
  let address = location.href
  let waiting: ReturnType<typeof setTimeout> | undefined
  const look = (): void => {
    if (location.href === address || waiting !== undefined) return
    waiting = setTimeout(() => {
      waiting = undefined
      address = location.href
      changed()
    })
  }
  const { navigation } = window as { readonly navigation?: Navigation }
  const clock = navigation ? undefined : setInterval(() => document.visibilityState === 'visible' && look(), pause)
  if (navigation) navigation.addEventListener('currententrychange', look)
  addEventListener('popstate', look)
  addEventListener('hashchange', look)
  return () => {
    clearInterval(clock)
    clearTimeout(waiting)
    if (navigation) navigation.removeEventListener('currententrychange', look)
    removeEventListener('popstate', look)
    removeEventListener('hashchange', look)
  }
}
