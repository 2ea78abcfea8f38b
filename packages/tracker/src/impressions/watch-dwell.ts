interface Dwell {
  readonly dwellMs: number
  readonly ratio: number
  /** Called for each element that was in sight long enough, again when what it is marked with changed under it. */
  readonly sight: (element: Element) => void
}

const marks = ['data-omo-sku', 'data-omo-promotion']

/** Watches elements, present and future, for staying in sight. Time in a hidden tab does not count. */
export function watchDwell(root: Document | Element | ShadowRoot, selector: string, { dwellMs, ratio, sight }: Dwell): () => void {
  /** What is in sight, with the timer that runs for it. */
  const inSight = new Map<Element, ReturnType<typeof setTimeout> | undefined>()

  const stop = (element: Element): void => clearTimeout(inSight.get(element))
  function start(element: Element): void {
    stop(element)
    const timer = document.visibilityState === 'hidden' ? undefined : setTimeout(() => sight(element), dwellMs)
    inSight.set(element, timer)
  }
  const restart = (): void => Array.from(inSight.keys()).forEach(start)

  const eyes = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting, intersectionRatio, intersectionRect, rootBounds } of entries) {
        const enough = isIntersecting && (intersectionRatio >= ratio || (!!rootBounds && intersectionRect.height >= rootBounds.height * ratio))
        if (enough && !inSight.has(target)) start(target)
        else if (!enough) {
          stop(target)
          inSight.delete(target)
        }
      }
    },
    // in steps, for what is taller than the screen
    { threshold: [0, 0.1, 0.2, 0.3, 0.4, 0.5].filter((step) => step < ratio).concat(ratio) },
  )
  const observe = (within: ParentNode): void => within.querySelectorAll(selector).forEach((element) => eyes.observe(element))
  const changes = new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) {
      if (type === 'attributes') {
        if (inSight.has(target as Element)) start(target as Element)
        else if ((target as Element).matches(selector)) eyes.observe(target as Element)
      } else
        addedNodes.forEach((node) => {
          if (!(node instanceof Element)) return
          if (node.matches(selector)) eyes.observe(node)
          observe(node)
        })
    }
  })
  changes.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: marks })
  observe(root)
  document.addEventListener('visibilitychange', restart)
  return () => {
    changes.disconnect()
    eyes.disconnect()
    document.removeEventListener('visibilitychange', restart)
    Array.from(inSight.keys()).forEach(stop)
    inSight.clear()
  }
}
