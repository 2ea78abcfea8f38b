import type { Ports } from '../../ports'

/** What a contract case needs of an adapter under test. Each case gets a harness with storage of its own. */
export interface PortHarness {
  /** Ports of one more context on the same storage; another brand or instance where given. */
  open(options?: { readonly brand?: string; readonly instance?: string }): Ports
  /** Ports as after a kill and a new start on the same storage. What was opened before is not used again. */
  restart(): Ports | Promise<Ports>
  /** Base URL of a server that answers as {@link contractAnswer} says. */
  readonly url: string
  /** Makes the storage nearly full (under 4 MB left); the answer makes room again. Left out where a test cannot do that. */
  fill?(ports: Ports): Promise<() => Promise<void> | void>
  /** What the surroundings do. Left out where a test cannot do that. */
  readonly world?: {
    hide(ports: Ports): void | Promise<void>
    show(ports: Ports): void | Promise<void>
    online(ports: Ports, online: boolean): void | Promise<void>
  }
}

/** One thing a port promises. `run` rejects with a readable reason when the promise is broken. */
export interface ContractCase {
  readonly name: string
  run(harness: PortHarness): Promise<void>
}
