import { botOf, createBots, type BotKind } from '@omokit/tracker/bots'
import { describe, expect, it } from 'vitest'

const context = { may: () => true }
const programs: Readonly<Record<string, BotKind>> = {
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)': 'crawler',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)': 'crawler',
  'Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)': 'crawler',
  'Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)': 'crawler',
  'Mozilla/5.0 (Windows NT 5.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/50.0.2661.102 Safari/537.36; 360Spider': 'crawler',
  'Mozilla/5.0 (compatible; YisouSpider/5.0; +http://www.yisou.com/help/webmaster/spider_guide.html)': 'crawler',
  'Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; https://zhanzhang.toutiao.com/)':
    'crawler',
  'Mozilla/5.0 (compatible;PetalBot;+https://webmaster.petalsearch.com/site/petalbot)': 'crawler',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)': 'crawler',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)': 'crawler',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36 Chrome-Lighthouse': 'crawler',
  'curl/8.5.0': 'crawler',
  'python-requests/2.32.3': 'crawler',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/150.0.0.0 Safari/537.36': 'headless',
}
const people = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN',
  'Mozilla/5.0 (Linux; U; Android 13; zh-CN; M2102J2SC) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0.4896.58 UWS/5.0 Mobile Safari/537.36 AlipayClient/10.5.90',
  'Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.185 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/110.0.0.0 Mobile Safari/537.36 baiduboxapp/13.40',
  '',
]

describe('bots', () => {
  it('are known by what they say of themselves, and nobody else is one', () => {
    for (const [userAgent, kind] of Object.entries(programs)) expect([userAgent, botOf({ userAgent })]).toEqual([userAgent, kind])
    for (const userAgent of people) expect([userAgent, botOf({ userAgent, webdriver: false })]).toEqual([userAgent, undefined])
    expect(botOf({ userAgent: people[0] as string, webdriver: true })).toBe('webdriver')
  })

  it('have their facts flagged, or not taken; trade is taken in any case', () => {
    const signs = { userAgent: 'curl/8.5.0' }
    const told: BotKind[] = []
    const flag = createBots({ signs, onBot: (kind) => void told.push(kind) })
    expect(flag.before?.('Page Viewed', { path: '/' }, context)).toEqual({ path: '/', bot: 'crawler' })
    expect(flag.before?.('Order Completed', { order: 'o' }, context)).toEqual({ order: 'o', bot: 'crawler' })
    expect(told).toEqual(['crawler'])
    const drop = createBots({ action: 'drop', signs: () => signs })
    expect(drop.before?.('Session Started', { session: 's' }, context)).toBeUndefined()
    expect(drop.before?.('Order Completed', { order: 'o' }, context)).toEqual({ order: 'o', bot: 'crawler' })
  })

  it('leave people as they are, and a listener that throws costs nothing', () => {
    const body = { path: '/' }
    expect(createBots({ signs: { userAgent: people[1] as string } }).before?.('Page Viewed', body, context)).toBe(body)
    const angry = createBots({
      signs: { webdriver: true },
      onBot: () => {
        throw new Error('host')
      },
    })
    expect(angry.before?.('x:a', {}, context)).toEqual({ bot: 'webdriver' })
  })
})
