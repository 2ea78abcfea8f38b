import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Crypto, Result } from '@omokit/core'
import { applyDelta, buildRelease, deltaOf, pack, readDelta, unpack, verifyRelease, verifySigned } from '@omokit/core/documents'
import type { ReleaseTexts, Row, Signer } from '@omokit/core/documents'

const file = (name: string): string => readFileSync(fileURLToPath(new URL(`../vectors/documents/${name}`, import.meta.url)), 'ascii')

/** The platform's Ed25519, asked once for the same bytes. */
function rememberingCrypto(): Crypto {
  const known = new Map<string, boolean>()
  return {
    verify(key, signature, message) {
      const name = Buffer.concat([key, signature, message]).toString('latin1')
      let answer = known.get(name)
      if (answer === undefined) {
        answer = verify(
          null,
          message,
          createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') }, format: 'jwk' }),
          signature,
        )
        known.set(name, answer)
      }
      return Promise.resolve(answer)
    },
    sha256: (bytes) => Promise.resolve(new Uint8Array(createHash('sha256').update(bytes).digest())),
  }
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.issues))
  return result.value
}

/** A small generator with a seed (mulberry32): the same seed, the same edits. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/**
 * Every flipped bit of a signed release of 130 rows and of its delta is refused, and any run of random edits applied as deltas,
 * one by one or with some left out, gives the bytes of the release published whole.
 */
export async function prove(options: { readonly seeds?: number; readonly share?: number }): Promise<Record<string, unknown>> {
  const seeds = options.seeds || Math.ceil(1000 * (options.share || 1))
  const golden = JSON.parse(file('golden.json')) as { readonly key: string; readonly kid: string }
  const expected = { brand: 'acme', keys: [{ kid: golden.kid, key: golden.key, state: 'active' as const }], crypto: rememberingCrypto() }
  const text = file('release-1042.txt')
  const base = value(unpack(text))
  value(await verifyRelease(base, expected))
  const message = file('delta-1042-1043.txt')
  let flips = 0
  const every = options.share && options.share < 1 ? 10 : 1
  const bent = (from: string, bit: number): string =>
    from.slice(0, bit >> 3) + String.fromCharCode(from.charCodeAt(bit >> 3) ^ (1 << (bit & 7))) + from.slice((bit >> 3) + 1)
  for (let bit = 0; bit < text.length * 8; bit += every) {
    flips++
    const read = unpack(bent(text, bit))
    if (read.ok && (await verifyRelease(read.value, expected)).ok) throw new Error(`bit ${bit} of the release was flipped and it was accepted`)
  }
  for (let bit = 0; bit < message.length * 8; bit += every) {
    flips++
    const delta = readDelta(bent(message, bit))
    const applied = delta.ok ? applyDelta(base, delta.value) : delta
    if (applied.ok && (await verifySigned(applied.value.signed, { ...expected, kind: 'release', scope: 'all' })).ok)
      throw new Error(`bit ${bit} of the delta was flipped and it was accepted`)
  }

  const pair = generateKeyPairSync('ed25519')
  const signer: Signer = (bytes) => Promise.resolve(new Uint8Array(sign(null, bytes, pair.privateKey)))
  let deltas = 0
  let refetched = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const next = random(seed)
    const rows = new Map(Array.from({ length: 129 + next(300) }, (_, i): [string, number] => [`690${String(i * 7919).padStart(10, '0')}`, 1 + next(9999)]))
    const publish = async (version: number, previous?: ReleaseTexts): Promise<ReleaseTexts> =>
      value(
        await buildRelease(
          {
            brand: 'acme',
            version,
            kid: 'k',
            validFrom: 1,
            refreshAfter: 2,
            expiresAt: 3,
            books: { 'price/base': [...rows].map((row): Row => row), 'rules/base': [['v', String(next(3))]] },
            ...(previous && { previous }),
          },
          signer,
        ),
      )
    let published = await publish(1)
    let held = published
    for (let version = 2; version < 8; version++) {
      for (let edits = 1 + next(8); edits; edits--) {
        const sku = `690${String(next(420) * 7919).padStart(10, '0')}`
        if (next(3) || rows.size < 130) rows.set(sku, 1 + next(9999))
        else rows.delete(sku)
      }
      published = await publish(version, published)
      if (!next(4)) continue
      const made = deltaOf(held, published)
      if (made.ok) {
        deltas++
        held = value(applyDelta(held, value(readDelta(made.value))))
      } else {
        refetched++
        held = published
      }
      if (pack(held) !== pack(published)) throw new Error(`seed ${seed}: the deltas up to version ${version} gave other bytes than the release published whole`)
    }
  }
  return { flips, accepted: 0, seeds, deltas, refetched, different: 0 }
}
