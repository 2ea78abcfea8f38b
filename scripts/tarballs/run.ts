import { spawn } from 'node:child_process'

/** What a child process left. */
export interface Finished {
  readonly good: boolean
  /** Both streams, at most their last two million characters. */
  readonly output: string
}

/** Runs a program to its end without the flags of this one. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Finished> {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(program, args, { cwd: options.cwd, env: { ...process.env, NODE_OPTIONS: '', ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-2_000_000)))
    child.once('error', (error) => resolve({ good: false, output: error.message }))
    child.once('close', (code) => resolve({ good: code === 0, output: output.trim() }))
  })
}
