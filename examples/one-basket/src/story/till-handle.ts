import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { TillCall, TillSetup } from './till-calls'

/** A till process from outside: asked over the process channel, killed without warning. */
export interface TillHandle {
  readonly setup: TillSetup
  ask<C extends keyof TillCall>(call: C, ...args: Parameters<TillCall[C]>): Promise<Awaited<ReturnType<TillCall[C]>>>
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** Asks it to stop in order and waits for its end. */
  stop(): Promise<void>
}

interface Reply {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/** Starts a till process on its own folder; a second start on the same folder is a restart. */
export async function startTill(setup: TillSetup): Promise<TillHandle> {
  mkdirSync(setup.dir, { recursive: true })
  const script = fileURLToPath(new URL('./till-process.ts', import.meta.url))
  const child: ChildProcess = fork(script, [JSON.stringify(setup)], { execArgv: [...process.execArgv], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const waiting = new Map<number, { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void }>()
  let next = 1
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      for (const { reject } of waiting.values()) reject(new Error(`till ${setup.storeId}-${setup.workstationId} is gone`))
      waiting.clear()
      resolve()
    })
  })
  const ready = new Promise<void>((resolve, reject) => {
    waiting.set(0, { resolve: () => resolve(), reject })
  })
  child.on('message', (reply: Reply) => {
    const call = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (reply.error !== undefined) call?.reject(new Error(reply.error))
    else call?.resolve(reply.value as never)
  })
  await ready
  const ask: TillHandle['ask'] = (call, ...args) =>
    new Promise((resolve, reject) => {
      const id = next++
      waiting.set(id, { resolve: resolve as (value: never) => void, reject })
      child.send({ id, call, args: args[0] ?? {} })
    })
  await ask('start')
  return {
    setup,
    ask,
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
    async stop() {
      await ask('stop')
      child.disconnect()
      child.kill('SIGTERM')
      await gone
    },
  }
}
