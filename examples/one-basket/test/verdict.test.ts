import { describe, expect, it } from 'vitest'
import { type Seen, verdictOf } from '../src/page/model/verdict'
import { verdictTexts } from '../src/page/view/verdict-view'
import { words } from '../src/page/words'

const seen = (id: Seen['id'], pay: number | undefined, version = 2, more: Partial<Seen> = {}): Seen => ({
  id,
  version,
  offline: false,
  ...(pay === undefined ? {} : { pay }),
  ...more,
})
const zh = (...channels: readonly Seen[]): readonly string[] => {
  const { title, detail, total } = verdictTexts(verdictOf(channels), words.zh)
  return [title, detail, total]
}

describe('the verdict', () => {
  it('waits until every channel has a total', () => {
    expect(verdictOf([seen('web', 100), seen('till', undefined)])).toEqual({ kind: 'waiting' })
    expect(verdictOf([])).toEqual({ kind: 'waiting' })
  })

  it('states the one total, and who still holds an older release that costs the same', () => {
    expect(zh(seen('web', 123_456), seen('till', 123_456))).toEqual([
      '四个渠道，同一个价',
      '网店、小程序、收银台、服务端各自计算，都用签名发布 2，分文不差',
      '¥1,234.56',
    ])
    expect(zh(seen('web', 100), seen('till', 100, 1))[1]).toBe('收银台仍在发布 1，这一篮恰好同价')
  })

  it('names the release of a till that is offline', () => {
    expect(zh(seen('web', 5000), seen('mini', 5000), seen('till', 6000, 1, { offline: true }), seen('server', 5000))[1]).toBe(
      '收银台仍在发布 1（离线），其余为发布 2：差 ¥10.00',
    )
  })

  it('sides with the server where two totals are as frequent', () => {
    const verdict = verdictOf([seen('web', 1, 1), seen('mini', 1, 1), seen('till', 2), seen('server', 2)])
    expect(verdict).toMatchObject({ kind: 'differs', pay: 2, odd: [{ seen: { id: 'web' }, by: -1, cause: 'release' }, { seen: { id: 'mini' } }] })
  })

  it('tells a member the till does not know from a difference without a cause', () => {
    expect(verdictOf([seen('web', 1, 2, { tier: 'gold' }), seen('server', 1, 2, { tier: 'gold' }), seen('till', 2)])).toMatchObject({
      odd: [{ cause: 'member', by: 1 }],
    })
    expect(verdictOf([seen('web', 1), seen('server', 1), seen('till', 2)])).toMatchObject({ odd: [{ cause: 'unknown' }] })
  })
})
