import { IDBFactory } from 'fake-indexeddb'
import { createSlimClock, type Clock, type FactDraft, type Issue } from '@omokit/core'
import { createManualClock, type ManualClock } from '@omokit/core/memory'
import type { OutboxLimits, SlimOutbox } from '@omokit/core/outbox'
import { createShopperOutbox, createShopperPorts, type PageOutboxOptions, type PagePorts, type ShopperOutbox, type ShopperPorts } from '@omokit/core/page'
import type { WebPortsOptions } from '@omokit/core/web'
import { Window } from 'happy-dom'
import { vi } from 'vitest'
import { createFakeHub, refusal, type FakeHub } from './fake-hub'

/** A tab. */
export interface Page<P, O> {
  readonly outbox: O
  readonly ports: P
  readonly clock: Clock
  readonly issues: Issue[]
  /** What happens to it, as its window tells. */
  readonly goes: () => void
  readonly back: () => void
  /** Its tab is gone without a word: its locks are free, its timers run no more. */
  readonly die: () => void
  /** Its locks are taken from it, as from a page that is put away. */
  readonly freeze: () => void
}

/** Which ports and which outbox a tab has. */
export interface PageKind<P extends PagePorts, O extends SlimOutbox> {
  readonly ports: (options: WebPortsOptions) => P
  readonly create: (options: PageOutboxOptions & { readonly ports: P }) => O
}

/** A browser with an empty profile in place of this process's globals, its clock, and the hub its pages send to. */
export interface Browser {
  readonly hub: FakeHub
  readonly clock: ManualClock
  readonly storage: Storage
  open<P extends PagePorts, O extends SlimOutbox>(kind: PageKind<P, O>, limits?: OutboxLimits, start?: boolean): Page<P, O>
  /** Keys in `localStorage` that begin so. */
  keys(start: string): string[]
  /** From here on the hub answers nothing good, or all is well again. */
  offline(): void
  online(): void
  /** Numbers of the facts of {@link viewed} the hub has, in order of arrival. */
  numbers(): unknown[]
}

/** A fact that can be told from the others. */
export const viewed = (n: number): FactDraft => ({ kind: 'Product Viewed', body: { n } })

/** A page that asks for consent. */
export const shopper: PageKind<ShopperPorts, ShopperOutbox> = { ports: createShopperPorts, create: createShopperOutbox }

export function openBrowser(): Browser {
  const hub = createFakeHub()
  const clock = createManualClock()
  const held = new Set<string>()
  const storage = new Window().localStorage as unknown as Storage
  vi.stubGlobal('localStorage', storage)
  vi.stubGlobal('indexedDB', new IDBFactory())

  return {
    hub,
    clock,
    storage,
    offline: () => void (hub.fault = () => refusal(503, 'unavailable')),
    online: () => void (hub.fault = undefined),
    numbers: () => hub.of('Product Viewed').map(({ n }) => n),
    keys: (start) => Object.keys(storage).filter((key) => key.startsWith(`omokit:demo:main:${start}`)),
    open({ ports: portsOf, create }, limits = {}, start = true) {
      const issues: Issue[] = []
      const mine: string[] = []
      const locks: { gone: boolean }[] = []
      const heard = { goes: new Set<() => void>(), back: new Set<() => void>() }
      let alive = true

      const seize: PagePorts['seize'] = async (name) => {
        if (held.has(name)) return undefined
        held.add(name)
        mine.push(name)
        const lock = { gone: false }
        locks.push(lock)
        return {
          lost: () => lock.gone,
          release: async () => {
            if (!lock.gone) held.delete(name)
            lock.gone = true
          },
        }
      }
      const hold: ShopperPorts['locks']['hold'] = async (name, run) => {
        for (;;) {
          const lock = await seize(name)
          if (lock) return run(lock.lost).finally(lock.release)
          await new Promise((next) => setTimeout(next, 1))
        }
      }
      const ports = {
        ...portsOf({ brand: 'demo', onIssue: (issue) => issues.push(issue) }),
        net: { send: (request) => (alive ? hub.send(request) : new Promise(() => {})) },
        random: () => 0.5,
        time: clock.time,
        timer: { after: (ms, run) => clock.timer.after(ms, () => alive && run()) },
        seize,
        locks: { hold },
        watch(goes, back) {
          heard.goes.add(goes)
          heard.back.add(back)
          return () => void [heard.goes.delete(goes), heard.back.delete(back)]
        },
      } as ReturnType<typeof portsOf> & PagePorts
      const own = createSlimClock(ports)
      const outbox = create({
        ports,
        clock: own,
        hub: 'https://hub.example',
        key: 'pk_test_demo_x',
        limits: { block: 4, ...limits },
        onIssue: (issue) => issues.push(issue),
      })
      if (start) outbox.start()
      const freeze = (): void => {
        locks.splice(0).forEach((lock) => (lock.gone = true))
        mine.splice(0).forEach((name) => held.delete(name))
      }
      return {
        outbox,
        ports,
        clock: own,
        issues,
        goes: () => heard.goes.forEach((listener) => listener()),
        back: () => heard.back.forEach((listener) => listener()),
        freeze,
        die() {
          alive = false
          freeze()
        },
      }
    },
  }
}
