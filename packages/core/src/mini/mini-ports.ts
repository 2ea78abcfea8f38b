import type { Env, Platform, Ports } from '../ports'
import { prefixOf } from '../web/prefix'
import { miniEntropy } from './mini-entropy'
import type { MiniHost } from './mini-host'
import { miniKv } from './mini-kv'
import { miniLife } from './mini-life'
import { miniLocks } from './mini-locks'
import { miniLog } from './mini-log'
import { miniNet } from './mini-net'
import { sharedOf } from './shared'

/** What both mini-program adapters take. */
export interface MiniPortsOptions {
  readonly brand: string
  /** Tells two uses by one brand apart, default "main". */
  readonly instance?: string
  readonly app?: string
  readonly device?: string
}

/** The ports of a mini-program on its host, which is asked for at first use. */
export function createMiniPorts({ brand, instance = 'main', app, device }: MiniPortsOptions, platform: Platform, host: () => MiniHost): Ports {
  const prefix = prefixOf(brand, instance)
  const shared = (): ReturnType<typeof sharedOf> => sharedOf(host())
  const start = Date.now()
  let mono = 0
  const env: Env = { platform, brand, instance, ...(app && { app }), ...(device && { device }) }
  return {
    env: Object.defineProperty(env, 'language', { enumerable: true, get: () => languageOf(host) }),
    kv: miniKv(host, prefix, shared),
    log: miniLog(host, prefix, shared),
    net: miniNet(host, shared),
    life: miniLife(host),
    entropy: miniEntropy(host),
    time: {
      now: () => Date.now(),
      // there is no other clock; set back, it stands still
      mono: () => (mono = Math.max(mono, Date.now() - start)),
      zone: () => -new Date().getTimezoneOffset(),
    },
    timer: {
      after(ms, run) {
        const id = setTimeout(run, Math.min(ms, 0x7fffffff)) // more than 31 bits would fire at once
        return () => clearTimeout(id)
      },
    },
    locks: miniLocks(() => shared().locks, prefix),
  }
}

/** Undefined where the host does not say, or is not there. */
function languageOf(host: () => MiniHost): string | undefined {
  try {
    return host().language()
  } catch {
    return undefined
  }
}
