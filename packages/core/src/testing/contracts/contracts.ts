import { cryptoContract } from './crypto'
import { entropyContract } from './entropy'
import type { ContractCase } from './harness'
import { kvContract } from './kv'
import { lifeContract } from './life'
import { locksContract } from './locks'
import { logContract } from './log'
import { netContract } from './net'
import { timeContract } from './time'
import { timerContract } from './timer'

/**
 * What every adapter must do, port by port, free of any test runner: they run in Node, in a browser, in a mini-program
 * and on a phone.
 *
 * @example
 * for (const [port, cases] of Object.entries(contracts)) for (const each of cases) await each.run(harness())
 */
export const contracts: Readonly<Record<'kv' | 'log' | 'net' | 'life' | 'entropy' | 'time' | 'timer' | 'locks' | 'crypto', readonly ContractCase[]>> = {
  kv: kvContract,
  log: logContract,
  net: netContract,
  life: lifeContract,
  entropy: entropyContract,
  time: timeContract,
  timer: timerContract,
  locks: locksContract,
  crypto: cryptoContract,
}
