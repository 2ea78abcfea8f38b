import { main } from '@omokit/cli'

/** The command line in this process: exit code and what it wrote. */
export async function run(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const text = { out: '', err: '' }
  const code = await main(args, {
    out: { write: (more) => (text.out += more) },
    err: { write: (more) => (text.err += more) },
    cwd: '/',
    language: 'en',
    now: Date.now,
    ended: Promise.resolve(),
  })
  return { code, ...text }
}

/** The last line as JSON. */
export const lastJson = (out: string): unknown => JSON.parse(out.trim().split('\n').at(-1) ?? '')
