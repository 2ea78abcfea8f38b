import { campaignFrom, qrFrom } from '@omokit/tracker/campaign'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const code = (scene: string, entrance: number | string = 1047): { readonly scene: number | string; readonly query: object } => ({
  scene: entrance,
  query: { scene: encodeURIComponent(scene) },
})

describe('where a visit came from', () => {
  it('is read from a link, its fragment, or a bare query', () => {
    const all = { source: 'wechat', medium: 'post', name: '双十一', term: 'tea', content: 'top', placement: 'door' }
    const query = `utm_source=wechat&utm_medium=post&utm_campaign=${encodeURIComponent('双十一')}&utm_term=tea&utm_content=top&omo_placement=door`
    for (const link of [`https://shop.example/tea?${query}`, `https://shop.example/?a=1#/tea?${query}`, `?${query}`, query])
      expect(campaignFrom(link)).toEqual(all)
    expect(campaignFrom('https://shop.example/?utm_source=a+b%21&utm_source=last#utm_medium=c')).toEqual({ source: 'last', medium: 'c' })
  })

  it('is nothing when the link does not say it, and ids of clicks are not taken', () => {
    for (const nothing of ['', undefined, 'https://shop.example/', 'https://shop.example/?gclid=1&fbclid=2&msclkid=3', '?utm_source='])
      expect(campaignFrom(nothing)).toBeUndefined()
  })

  it('is the entrance of a mini-program, unless somebody only came back', () => {
    expect(campaignFrom({ scene: 1058, query: {} })).toEqual({ scene: '1058' })
    expect(campaignFrom({ scene: '20000', query: { utm_source: 'card' } })).toEqual({ source: 'card', scene: '20000' })
    for (const scene of [1001, 1038, 1089, 1103, 1104]) expect(campaignFrom({ scene, query: {} })).toBeUndefined()
    expect(campaignFrom({ scene: 1089, query: { utm_source: 'card' } })).toEqual({ source: 'card', scene: '1089' })
    expect(campaignFrom({ scene: '1000' }, { returning: ['1000'] })).toBeUndefined()
    expect(campaignFrom({ scene: 1089 }, { returning: [] })).toEqual({ scene: '1089' })
  })

  it('is the placement of the code that was scanned', () => {
    expect(campaignFrom(code('p=door&s=0042'))).toEqual({ placement: 'door', scene: '1047' })
    expect(campaignFrom({ scene: 1011, query: { q: encodeURIComponent('https://shop.example/t?omo_placement=table-7&utm_source=menu') } })).toEqual({
      source: 'menu',
      placement: 'table-7',
      scene: '1011',
    })
    expect(campaignFrom({ scene: '1007', query: { qrCode: 'https://shop.example/t?omo_placement=till' } })).toEqual({ placement: 'till', scene: '1007' })
  })
})

describe('a scanned code', () => {
  it('is named by itself, by its bare text, or by its link without the query', () => {
    expect(qrFrom('https://shop.example/s?omo_code=c-9&omo_placement=door&omo_store=0042')).toEqual({ code: 'c-9', placement: 'door', storeId: '0042' })
    expect(qrFrom('https://shop.example/s?omo_store=0042&phone=13800138000')).toEqual({ code: 'https://shop.example/s', storeId: '0042' })
    expect(qrFrom('?omo_placement=door')).toEqual({ code: 'door', placement: 'door' })
    expect(qrFrom(code('c=9&p=door&s=0042'))).toEqual({ code: '9', placement: 'door', scene: '1047', storeId: '0042' })
    expect(qrFrom(code('table12'))).toEqual({ code: 'table12', scene: '1047' })
    expect(qrFrom({ scene: 1012, query: { q: 'https%3A%2F%2Fshop.example%2Ft%3Fomo_store%3D7' } })).toEqual({
      code: 'https://shop.example/t',
      scene: '1012',
      storeId: '7',
    })
  })

  it('is none for another entrance: not for a shared page that was once scanned, nor for a page of its own that has a q', () => {
    for (const nothing of [
      undefined,
      'https://shop.example/?utm_source=a',
      code('table12', 1007),
      { scene: 1005, query: { q: 'tea' } },
      { scene: 1011, query: { q: 'tea' } },
    ])
      expect(qrFrom(nothing)).toBeUndefined()
  })
})

it('nothing throws, whatever the link or the entry is, and texts stay short', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
        fc.string(),
        fc.object(),
        fc.record({ scene: fc.anything(), query: fc.anything() }),
      ),
      (source) => {
        for (const read of [campaignFrom(source as string), qrFrom(source as string)])
          for (const text of Object.values(read ?? {})) expect(String(text).length).toBeLessThanOrEqual(128)
      },
    ),
    { numRuns: 1000, seed: 8 },
  )
  expect(qrFrom('?constructor=1&__proto__=2&omo_code=x')).toEqual({ code: 'x' })
  expect(qrFrom(code('constructor=1&toString=2'))).toEqual({ code: 'constructor=1&toString=2', scene: '1047' })
  expect(campaignFrom(`?utm_source=${'a'.repeat(1000)}`)?.source).toHaveLength(128)
})
