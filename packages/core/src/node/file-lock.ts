import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { removeFile } from './durable-file'

/** A lock between processes in somebody's hands. */
export interface FileLock {
  lost(): boolean
  release(): Promise<void>
}

/**
 * Takes the lock that the folder stands for, or answers undefined. Whoever wants it puts in a file of his own, whose name
 * says who he is, and has it when no other living process has a file there: write first, look after, so that of two
 * who come at once at least one sees the other. The file of a dead process (SIGKILL, reboot) is taken away by anyone;
 * its name is never used again, so that no living one can be hit.
 */
export async function takeFileLock(dir: string, steal: boolean): Promise<FileLock | undefined> {
  const mine = [process.pid, startOf(process.pid), boot(), host(), randomBytes(6).toString('hex')].join('_')
  const path = join(dir, mine)
  await mkdir(dir, { recursive: true })
  await writeFile(path, '', { flag: 'wx', mode: 0o600 })
  const names = await readdir(dir)
  const others = names.filter((name) => name !== mine)
  const rivals = steal ? [] : others.filter(alive)
  await Promise.all(others.filter((name) => !rivals.includes(name)).map((name) => removeFile(join(dir, name))))
  if (rivals.length || !existsSync(path)) {
    await removeFile(path)
    return undefined
  }
  return { lost: () => !existsSync(path), release: () => removeFile(path) }
}

function alive(name: string): boolean {
  const [pid, start, itsBoot, itsHost] = name.split('_')
  if (itsHost !== host()) return true // another machine or container: cannot be asked, only robbed
  if (itsBoot !== boot()) return false
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    if ((error as { code?: string }).code === 'ESRCH') return false
  }
  const now = startOf(Number(pid))
  return !start || !now || start === now
}

/** When a process started, in ticks since boot; "" where the system does not tell. */
function startOf(pid: number): string {
  const stat = readOr(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)
const boot = (): string => short(readOr('/proc/sys/kernel/random/boot_id'))
const host = (): string => short(hostname())

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
