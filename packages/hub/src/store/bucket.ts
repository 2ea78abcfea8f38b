/**
 * Which of 64 buckets an id falls into: FNV-1a-32 over its UTF-16 units, modulo 64. Part of every primary key beside the
 * brand, so that a very large brand can be spread over shards.
 */
export function bucketOf(id: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 0x01000193)
  return (h >>> 0) % 64
}
