import { createHash } from 'node:crypto'

/**
 * A file name for any text: lower case, digits, `_` and `-` stay, all else is written as hex, so that it is one name on
 * every file system, whatever its case rules, and never a path or a device. Long texts end in their hash.
 */
export function fileName(text: string): string {
  const name = '_' + text.replace(/[^a-z0-9_-]/g, (unit) => '.' + unit.charCodeAt(0).toString(16).padStart(4, '0'))
  return name.length <= 180 ? name : `${name.slice(0, 120)}+${createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('hex')}`
}
