import type { FactBody } from '@omokit/core'
import type { EnterOptions } from '../campaign/entry-words'
import { qrFrom } from '../campaign/qr-from'
import { type Tracking, tracking } from '../tracking'

/** What is read of a page. `route` is its path, as WeChat and Alipay give it; `is` that of a component that serves as a page. */
export interface MiniPage {
  readonly route?: string
  readonly is?: string
}

/** What a page answered when it was shared, as far as it is read. */
export interface MiniShare {
  readonly title?: string
  readonly path?: string
  readonly query?: string
}

/** Options of {@link trackMini}. */
export interface MiniCaptureOptions {
  readonly tracker: Tracking
  /** The name of a page in `Screen Viewed`, default its route; undefined leaves it out. */
  readonly screen?: (page: MiniPage) => string | undefined
  /** What was shared, default `Content Shared` with the page's route; undefined leaves it out. `to` is added. */
  readonly shared?: (page: MiniPage, share: MiniShare | undefined) => { readonly event: string; readonly body: FactBody } | undefined
}

/** The life of a mini-program, told to a tracker. */
export interface MiniCapture {
  /** Puts itself around what `App()` takes: each entry by a code is a `QR Scanned`. */
  app<C extends object>(config: C): C
  /** Puts itself around what `Page()` takes, or the `methods` of a component that serves as a page: `Screen Viewed` when it is shown, shares. */
  page<C extends object>(config: C): C
  /** From here on all of it only passes through. */
  off(): void
}

type Hooks = Record<string, ((this: unknown, ...values: unknown[]) => unknown) | undefined>

/**
 * Records screens, shares and scanned codes of a WeChat or Alipay mini-program. No global is replaced: only configurations given to `app` and
 * `page` are watched, and what they answer and throw stays as it is. A page without `onShareAppMessage` gets none, for it would show the menu
 * item. Where the visit came from is `campaignFrom` of `./campaign` in the session's options.
 *
 * @example
 * const mini = trackMini({ tracker: shop })
 * App(mini.app({ onLaunch() { shop.start() } }))
 * // pages/product.js
 * Page(mini.page({ onShareAppMessage: () => ({ title: 'Tea' }) }))
 */
export function trackMini({ tracker, screen, shared }: MiniCaptureOptions): MiniCapture {
  const track = tracking(tracker)
  let on = true

  /** The configuration with one hook that also tells; what `tell` throws is kept from the host. */
  function hook(config: object, name: string, tell: (page: MiniPage, answer: unknown, given: unknown) => void): void {
    const hooks = config as Hooks
    const own = hooks[name]
    hooks[name] = function (...values) {
      const answer = own ? own.apply(this, values) : undefined
      try {
        if (on) tell((this || {}) as MiniPage, answer, values[0])
      } catch {
        // a mistake in a function of the options must not reach the page
      }
      return answer
    }
  }
  const routeOf = ({ route, is }: MiniPage): string | undefined => route || is

  return {
    app(config) {
      const own = Object.assign({}, config)
      hook(own, 'onShow', (_app, _answer, entry) => {
        const scanned = qrFrom(entry as EnterOptions | undefined)
        if (scanned) void track('QR Scanned', scanned)
      })
      return own
    },
    page(config) {
      const own = Object.assign({}, config)
      hook(own, 'onShow', (page) => {
        const name = screen ? screen(page) : routeOf(page)
        if (name) void track('Screen Viewed', { name })
      })
      const share = (to: 'friend' | 'timeline') => (page: MiniPage, answer: unknown) => {
        const what = shared ? shared(page, answer as MiniShare | undefined) : { event: 'Content Shared', body: { content: routeOf(page) || 'page' } }
        if (what) void track(what.event, { ...what.body, to })
      }
      if ('onShareAppMessage' in own) hook(own, 'onShareAppMessage', share('friend'))
      if ('onShareTimeline' in own) hook(own, 'onShareTimeline', share('timeline'))
      return own
    },
    off: () => void (on = false),
  }
}
