import type { Rate } from './limits'

/** Takes one token from the bucket of `id`; answers 0, or the milliseconds to wait. */
export type RateLimiter = (id: string) => number

/** Token buckets in memory: each replica of the hub limits for itself. */
export function createRateLimiter(rate: Rate, now: () => number): RateLimiter {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return (id) => {
    const time = now()
    let bucket = buckets.get(id)
    if (!bucket) {
      // a flood of names must not grow the memory: full buckets are as good as none
      if (buckets.size >= 100_000) for (const [name, old] of buckets) if (refilled(old, time, rate) >= rate.burst) buckets.delete(name)
      bucket = { tokens: rate.burst, at: time }
      buckets.set(id, bucket)
    }
    bucket.tokens = refilled(bucket, time, rate)
    bucket.at = time
    if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / rate.perSecond) * 1000)
    bucket.tokens -= 1
    return 0
  }
}

function refilled(bucket: { readonly tokens: number; readonly at: number }, time: number, rate: Rate): number {
  return Math.min(rate.burst, bucket.tokens + (Math.max(0, time - bucket.at) / 1000) * rate.perSecond)
}
