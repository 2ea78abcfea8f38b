import { mkdir, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCode } from './file-fault'

let drafts = 0

/** A name beside `path` that nobody else uses. */
export const draftOf = (path: string): string => `${path}~${process.pid}-${++drafts}`

/** Replaces a file's whole content: after a crash it holds the old or the new, never a mix; resolves when it is on disk. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const draft = draftOf(path)
  await mkdir(dirname(path), { recursive: true })
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.datasync()
  } catch (error) {
    await file.close()
    await removeFile(draft)
    throw error
  }
  await file.close()
  await rename(draft, path)
  await syncFolder(dirname(path))
}

/** Removes a file; one that is not there is removed already. */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error) => {
    if (systemCode(error) !== 'ENOENT') throw error
  })
}

/** Puts a folder's entries on disk: a new or renamed file is not durable before. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return // folders cannot be opened there
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Whether a name in a folder of ours is a draft that a crash left. */
export const isDraft = (name: string): boolean => name.includes('~')
