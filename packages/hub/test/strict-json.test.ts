import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scanJson } from '../src/http/strict-json'

const issueOf = (text: string, depth: number = 32): string | undefined => scanJson(text, { depth }).issue

describe('reading JSON strictly', () => {
  test('what JSON.parse takes is taken, what it refuses is malformed', () => {
    const sound = ['0', '-0.5e+7', '"a\\u00e9\\n"', 'true', 'null', ' [ ] ', '{}', '{"a":[1,{"b":null}],"c":"x"}', '[[],[[]]]', '\n{"":""}\t']
    const broken = [
      '',
      ' ',
      '01',
      '1.',
      '.5',
      '+1',
      '-',
      '1e',
      'tru',
      'truex',
      '"a',
      '"\u0001"',
      '"\\x"',
      '"\\u12g4"',
      '[1,]',
      '[,1]',
      '[1 2]',
      '{"a"}',
      '{"a":}',
      '{a:1}',
      '{"a":1,}',
      '{,}',
      '[}',
      '{]',
      '[1]]',
      '1 2',
      'NaN',
      "'a'",
      '[',
      '{',
      '{"a":1',
      '\ufeff1',
    ]
    for (const text of sound) expect([text, issueOf(text)]).toEqual([text, undefined])
    for (const text of broken) {
      expect([text, issueOf(text)]).toEqual([text, 'malformed'])
      expect(() => JSON.parse(text) as unknown).toThrow()
    }
  })

  test('agrees with JSON.parse on JSON that was cut, spliced and altered anywhere', () => {
    const altered = fc
      .tuple(fc.json({ maxDepth: 4 }), fc.nat(), fc.nat(3), fc.constantFrom('', '"', '\\', ',', ':', '{', '}', '[', ']', '0', 'e', '-', ' ', 'null', '\u0000'))
      .map(([text, at, length, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + length))
    fc.assert(
      fc.property(altered, (text) => {
        let parses = true
        try {
          JSON.parse(text)
        } catch {
          parses = false
        }
        const issue = issueOf(text)
        expect(issue === undefined || issue === 'duplicate-key').toBe(parses)
      }),
      { numRuns: 3000 },
    )
  })

  test('a name written twice in one object is found in any spelling and at any depth; the same name in two objects is fine', () => {
    for (const text of ['{"a":1,"a":1}', '{"x":{"a":1,"b":2,"a":3}}', '[{"a":1,"\\u0061":2}]', '{"__proto__":1,"__proto__":2}', '{"":1,"":1}'])
      expect([text, issueOf(text)]).toEqual([text, 'duplicate-key'])
    for (const text of ['{"a":{"a":{"a":1}}}', '[{"a":1},{"a":1}]', '{"a":"a","A":1}', '{"constructor":1,"toString":2}'])
      expect([text, issueOf(text)]).toEqual([text, undefined])
  })

  test('nesting is counted without recursion', () => {
    expect(issueOf('[[[]]]', 3)).toBe(undefined)
    expect(issueOf('[[[[]]]]', 3)).toBe('too-deep')
    expect(issueOf('{"a":{"b":[{}]}}', 3)).toBe('too-deep')
    expect(issueOf('['.repeat(400_000) + ']'.repeat(400_000))).toBe('too-deep')
    expect(issueOf('['.repeat(400_000))).toBe('malformed')
  })

  test('elements of the named array come as their exact texts, each with its own fault', () => {
    const text = '{"x":[9], "facts" : [ {"a":1} ,[2, 3],"s", {"b":1,"b":2} ,{"c":[[[[[[]]]]]]}, 4.50 ],"y":{"facts":[7]}}'
    const scan = scanJson(text, { depth: 6, slice: 'facts' })
    expect(scan.issue).toBe(undefined)
    expect(scan.slices).toEqual([
      { text: '{"a":1}' },
      { text: '[2, 3]' },
      { text: '"s"' },
      { text: '{"b":1,"b":2}', issue: 'duplicate-key' },
      { text: '{"c":[[[[[[]]]]]]}', issue: 'too-deep' },
      { text: '4.50' },
    ])
    expect(JSON.parse(scan.rest)).toEqual({ x: [9], facts: [], y: { facts: [7] } })
    expect(scanJson('{"facts":[]}', { depth: 9, slice: 'facts' })).toEqual({ slices: [], rest: '{"facts":[]}' })
    expect(scanJson('{"facts":{}}', { depth: 9, slice: 'facts' }).slices).toBe(undefined)
    expect(scanJson('{"facts":[1],"facts":[2]}', { depth: 9, slice: 'facts' }).issue).toBe('duplicate-key')
    expect(scanJson('{"facts":[1,2,3]}', { depth: 9, slice: 'facts', elements: 2 }).issue).toBe('too-many')
  })

  test('slices put together again are the array', () => {
    fc.assert(
      fc.property(fc.array(fc.json({ maxDepth: 3 })), fc.constantFrom(',', ' ,\n '), (elements, comma) => {
        const scan = scanJson(`{"facts":[${elements.join(comma)}]}`, { depth: 64, slice: 'facts' })
        expect(scan.slices?.map((slice) => slice.text)).toEqual(elements.map((element) => element.trim()))
      }),
      { numRuns: 300 },
    )
  })
})
