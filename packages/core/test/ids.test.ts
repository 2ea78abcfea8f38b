import { createIds } from '@omokit/core'
import { describe, expect, it } from 'vitest'

describe('ids', () => {
  it('have the length asked for and the URL-safe alphabet, every character as likely as another', async () => {
    // every byte triple pattern once: an unbiased map gives each character equally often
    let next = 0
    const id = createIds({ fill: async (n) => Uint8Array.from({ length: n }, () => next++ & 255) })
    expect(await id()).toMatch(/^[\w-]{21}$/)
    expect((await id(10)).length).toBe(10)
    next = 0
    const counts = new Map<string, number>()
    for (const char of await id(4 * 256)) counts.set(char, (counts.get(char) || 0) + 1)
    expect(counts.size).toBe(64)
    expect(new Set(counts.values())).toEqual(new Set([16]))
  })

  it('ask for no randomness before the first', () => {
    let asked = 0
    createIds({ fill: async (n) => new Uint8Array((asked += n)) })
    expect(asked).toBe(0)
  })
})
