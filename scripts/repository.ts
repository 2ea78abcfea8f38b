import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Absolute path of the repository. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), '..')

/** The folder with shared cases and data, or undefined where it is absent: `OMOKIT_SHARED`, else `../shared`. */
export function sharedFolder(): string | undefined {
  const folder = process.env['OMOKIT_SHARED'] ?? join(root, '..', 'shared')
  return existsSync(folder) ? folder : undefined
}

/** A path given on the command line, relative to where the caller stood. */
export function callerPath(path: string): string {
  return isAbsolute(path) ? path : resolve(process.env['OMOKIT_CALLER_DIR'] ?? process.cwd(), path)
}

/** Ends with a message that says what to do: 2 for a wrong call, 1 for a failure. */
export function stop(message: string, code: 1 | 2 = 2): never {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}

/** Writes one line to standard output. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
