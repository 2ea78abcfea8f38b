/** The first primes: the constants of SHA-2 are digits of their roots, and working them out is smaller than a table. */
export function primes(count: number): number[] {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (found.every((each) => n % each)) found.push(n)
  return found
}
