import type { Ports } from '@omokit/core'
import { createPureCrypto } from '@omokit/core/ed25519'
import { createCheck, type Check, type CheckOptions } from './create-check'
import type { CheckPlace } from './run-check'

export { createCheck, type Check }

/** A fresh copy of the adapter's code, as after a restart of the mini-program: it knows nothing but what storage holds. */
export type Adapter = () => { createWechatPorts?(options: PortsOptions): Ports; createAlipayPorts?(options: PortsOptions): Ports }

interface PortsOptions {
  readonly brand: string
  readonly instance?: string
  readonly platform?: 'wechat' | 'douyin'
}

/** Storage of the mini-program, to fill it up and to clean up behind the check. */
export interface MiniStorage {
  write(key: string, text: string): void
  /** Bytes that are left, as the host counts them. */
  left(): number
  keys(): readonly string[]
  remove(key: string): void
}

/** What the page of a mini-program gives. */
export interface MiniCheckOptions extends Omit<CheckOptions, 'place'> {
  readonly adapter: Adapter
  readonly platform?: 'wechat' | 'douyin'
  readonly storage: MiniStorage
  readonly seals: string
}

const home = 'device-check'

/** The check in a mini-program. A restart is a fresh copy of the code: a page cannot kill what it runs in. */
export function createMiniCheck(options: MiniCheckOptions): Check {
  const { adapter, platform, storage, seals } = options
  let cases = 0
  const clean = (): void => storage.keys().forEach((key) => key.indexOf(`omokit:${home} `) === 0 && storage.remove(key))
  const fresh = (): ((options: PortsOptions) => Ports) => {
    const { createWechatPorts, createAlipayPorts } = adapter()
    if (createWechatPorts) return (each) => createWechatPorts(Object.assign({}, each, platform && { platform }))
    if (createAlipayPorts) return createAlipayPorts
    throw new Error('the adapter has no ports')
  }
  const place = (url: string): CheckPlace => ({
    seals,
    skips: {},
    clean,
    harness() {
      const mine = `${home} ${++cases} `
      let create = fresh()
      /** Until little is left, in keys of the check's own. */
      const fill = async (): Promise<() => void> => {
        const keys: string[] = []
        while (storage.left() > 500_000 && keys.length < 100) {
          const key = `omokit:${home} ballast ${keys.length}`
          keys.push(key)
          storage.write(key, 'x'.repeat(Math.min(150_000, storage.left() - 400_000)))
        }
        return () => keys.forEach((key) => storage.remove(key))
      }
      const open = ({ brand = 'demo', instance = 'main' } = {}): Ports =>
        Object.assign({}, create({ brand: mine + brand, instance }), { crypto: createPureCrypto() })
      return {
        url,
        open,
        fill,
        restart() {
          create = fresh()
          return open()
        },
      }
    },
  })
  return createCheck(Object.assign({}, options, { place }))
}
