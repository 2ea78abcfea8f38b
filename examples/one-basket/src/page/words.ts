import type { Issue, IssueCode } from '@omokit/core'
import { textOf } from '@omokit/core/texts'
import type { Article } from '../brand/catalogue'
import type { ChannelId } from './model/verdict'

/** The languages of the page. */
export type PageLanguage = 'zh' | 'en'

const zh = {
  issue: (issue: Issue): string => `${textOf(issue, 'zh-CN')}（${issue.code}）`,
  finding: (code: string): string => (code === 'over-redeemed' ? '超额核销' : `${textOf({ code: code as IssueCode }, 'zh-CN')}（${code}）`),
  name: (article: Pick<Article, 'name' | 'nameEn'>): string => article.name,
  title: '一篮四渠 · omokit',
  brand: '山野集', tagline: '一篮四渠 — 同一篮商品，四个渠道，同一个价',
  offline: '拔掉收银台网线', language: 'English', privacy: '隐私', unset: '未选择', granted: '已同意', denied: '已拒绝', withdrawn: '已撤回',
  basket: '购物篮', search: '搜索或扫码：品名、SKU、条码', searchHint: '称重品可带克数，例如“蜜柚 800”', nothingFound: '没有找到', perKg: '/kg', empty: '篮子是空的，搜索或扫码加入商品',
  who: '顾客', guest: '散客', gold: '金卡', silver: '银卡', basic: '普卡',
  journal: '时间线', ledger: '事实账', confirmed: '中枢已收', missing: '缺号', pending: '待送', findings: '中枢点名',
  consent: '网店想在本机记录浏览与会员身份。您选择之前，这里什么都不存，也不发送任何标识；价格照常计算，因为签名发布只在内存里。',
  deny: '拒绝', grant: '同意', withdraw: '撤回同意',
  channel: { web: '网店', mini: '小程序', till: '收银台', server: '服务端' } as Readonly<Record<ChannelId, string>>,
  how: { web: '服务器推送，浏览器验签', mini: '没有推送，定时轮询', server: '品牌自己的服务器再算一遍' },
  live: '实时推送', polling: '轮询 2 秒', online: '联网', cut: '离线', process: '同一进程',
  subtotal: '小计', total: '应付', points: '积分', memberPrice: '会员价', memberMark: '会', release: '发布', seal: '封签', waiting: '等待报价',
  state: { fresh: '有效', stale: '待更新', expired: '已过期', empty: '无发布' } as Readonly<Record<string, string>>,
  sell: '收款并打印小票', selling: '正在打印…', next: '收起小票', receipt: '小票', paid: '实付', couponUsed: '核销', offlineStamp: '离线开单', waitsForHub: '待送中枢', hubHas: '中枢已收',
  claim: '网店领取', redeem: '收银台核销', again: '网店再用', claimedCode: (code: string): string => `券码 ${code}`, offered: '每人一张，共 100 张', redeemed: '已在收银台核销',
  loginFirst: '请先选一位会员登录，再领取', refused: (where: string, what: string): string => `${where}被拒：${what}`,
  reprice: (name: string, from: string, to: string): string => `改价：${name} ${from} → ${to}`,
  verdict: {
    waiting: '四个渠道正在报价…', waitingDetail: '各自取得并验证同一份签名发布',
    equal: '四个渠道，同一个价', equalDetail: (version: number): string => `网店、小程序、收银台、服务端各自计算，都用签名发布 ${version}，分文不差`,
    behind: (who: string, version: number): string => `${who}仍在发布 ${version}，这一篮恰好同价`,
    differs: (who: string): string => `${who}的价格不同，原因已点名`,
    release: (who: string, version: number, offline: boolean, newest: number, by: string): string => `${who}仍在发布 ${version}（${offline ? '离线' : '更新中'}），其余为发布 ${newest}：差 ${by}`,
    member: (who: string, offline: boolean, by: string): string => `${who}${offline ? '离线时' : ''}认不出会员等级，按散客价：差 ${by}`,
    unknown: (who: string, by: string): string => `${who}差 ${by}，原因未知`,
    total: '应付', joint: '、',
  },
  log: {
    hub: '中枢', head: '总部',
    taken: (version: number, how: string): string => `发布 ${version} 已验签生效（${how}）`, first: '首次取得', pushed: '推送', polled: '轮询', caughtUp: '补齐',
    published: (name: string, from: string, to: string): string => `改价并签发新发布：${name} ${from} → ${to}`,
    consent: (granted: boolean): string => (granted ? '顾客同意：从现在起记录事实' : '顾客拒绝：不记录，只算价'), withdrawn: '顾客撤回同意：标识与未送事实已删除',
    login: (name: string, tier: string): string => `${name}（${tier}）登录`, logout: '顾客登出',
    codeRead: (name: string, tier: string): string => `扫会员码：${name}，${tier}`, codeOffline: '离线扫会员码：签名有效，等级要等联网', codeRefused: (why: string): string => `会员码无效：${why}`,
    claimed: (code: string): string => `领券成功，券码 ${code}`, claimRefused: (why: string): string => `领券被拒：${why}`,
    leased: '断网前取得礼券的离线租约', leaseRefused: (why: string): string => `未取得离线租约：${why}`,
    pulled: '网线已拔：请求与推送全部中断，继续报价', plugged: '网线已插回',
    redeemed: (offline: boolean): string => (offline ? '凭租约离线核销礼券，已落流水' : '联网核销礼券'), redeemRefused: (why: string): string => `核销被拒：${why}`,
    printed: (no: string, pay: string, seal: string): string => `小票 ${no} 已打印：${pay}，封签 ${seal}`, printRefused: (why: string): string => `未能开单：${why}`,
    holdRefused: (why: string): string => `再次用券被拒：${why}`, held: '用券成功',
    acked: (count: number): string => `${count} 条事实送达，中枢逐条确认`, found: (what: string, subject: string): string => `点名 ${subject}：${what}`,
    failed: (why: string): string => `没有成功：${why}`,
  },
}

const en: typeof zh = {
  issue: (issue) => `${textOf(issue, 'en')} (${issue.code})`,
  finding: (code) => (code === 'over-redeemed' ? 'redeemed more often than allowed' : `${textOf({ code: code as IssueCode }, 'en')} (${code})`),
  name: (article) => article.nameEn,
  title: 'One basket, four channels · omokit',
  brand: 'Shanye', tagline: 'One basket, four channels, one price',
  offline: 'Pull the till’s cable', language: '中文', privacy: 'Privacy', unset: 'not chosen', granted: 'agreed', denied: 'refused', withdrawn: 'withdrawn',
  basket: 'Basket', search: 'Search or scan: name, SKU, barcode', searchHint: 'Weighed goods take grams: “pomelo 800”', nothingFound: 'Nothing found', perKg: '/kg', empty: 'The basket is empty: search or scan to add goods',
  who: 'Shopper', guest: 'Guest', gold: 'gold', silver: 'silver', basic: 'basic',
  journal: 'Timeline', ledger: 'Facts', confirmed: 'at the hub', missing: 'missing', pending: 'waiting', findings: 'Findings',
  consent: 'The shop would like to keep your visit and membership on this device. Until you choose, nothing is stored and no identifier is sent. Prices work anyway: the signed release stays in memory.',
  deny: 'Refuse', grant: 'Agree', withdraw: 'Withdraw',
  channel: { web: 'Web shop', mini: 'Mini-program', till: 'Till', server: 'Server' },
  how: { web: 'pushed, verified in the browser', mini: 'no push: asks every 2 s', server: 'the brand’s server, once more' },
  live: 'live', polling: 'polling', online: 'online', cut: 'offline', process: 'own process',
  subtotal: 'Subtotal', total: 'To pay', points: 'Points', memberPrice: 'Member price', memberMark: 'M', release: 'Release', seal: 'Seal', waiting: 'Waiting for a quote',
  state: { fresh: 'valid', stale: 'stale', expired: 'expired', empty: 'none' },
  sell: 'Take payment, print', selling: 'Printing…', next: 'Put away', receipt: 'Receipt', paid: 'Paid', couponUsed: 'Redeemed', offlineStamp: 'made offline', waitsForHub: 'not at the hub yet', hubHas: 'hub has it',
  claim: 'Claim', redeem: 'Redeem at till', again: 'Use again', claimedCode: (code) => `Code ${code}`, offered: 'One a member, 100 in all', redeemed: 'Redeemed at the till',
  loginFirst: 'Choose a member to log in, then claim', refused: (where, what) => `${where} refused: ${what}`,
  reprice: (name, from, to) => `Reprice ${name} ${from} → ${to}`,
  verdict: {
    waiting: 'Four channels are quoting…', waitingDetail: 'each fetches and verifies the same signed release',
    equal: 'Four channels, one price', equalDetail: (version) => `Web, mini-program, till and server each computed it from signed release ${version}: equal to the fen`,
    behind: (who, version) => `${who} still on release ${version}; this basket costs the same there`,
    differs: (who) => `${who} differs, and we know why`,
    release: (who, version, offline, newest, by) => `${who} still on release ${version} (${offline ? 'offline' : 'updating'}), the others on release ${newest}: difference ${by}`,
    member: (who, offline, by) => `${who} cannot tell the member’s tier${offline ? ' while offline' : ''} and charges the guest price: difference ${by}`,
    unknown: (who, by) => `${who} differs by ${by} for an unknown reason`,
    total: 'To pay', joint: ', ',
  },
  log: {
    hub: 'Hub', head: 'Head office',
    taken: (version, how) => `Release ${version} verified, in force (${how})`, first: 'first fetch', pushed: 'pushed', polled: 'polled', caughtUp: 'caught up',
    published: (name, from, to) => `Reprices and signs a release: ${name} ${from} → ${to}`,
    consent: (granted) => (granted ? 'Shopper agrees: facts are recorded from now on' : 'Shopper refuses: nothing is recorded, prices only'), withdrawn: 'Consent withdrawn: identifiers and unsent facts deleted',
    login: (name, tier) => `${name} (${tier}) logs in`, logout: 'Shopper logs out',
    codeRead: (name, tier) => `Member code read: ${name}, ${tier}`, codeOffline: 'Member code read offline: signature holds, the tier has to wait', codeRefused: (why) => `Member code refused: ${why}`,
    claimed: (code) => `Coupon claimed, code ${code}`, claimRefused: (why) => `Claim refused: ${why}`,
    leased: 'Takes an offline lease on the coupon before the cable goes', leaseRefused: (why) => `No offline lease: ${why}`,
    pulled: 'Cable pulled: requests and events are cut, quoting goes on', plugged: 'Cable plugged in again',
    redeemed: (offline) => (offline ? 'Coupon redeemed offline under the lease, journalled' : 'Coupon redeemed with the hub'), redeemRefused: (why) => `Redemption refused: ${why}`,
    printed: (no, pay, seal) => `Receipt ${no} printed: ${pay}, seal ${seal}`, printRefused: (why) => `No receipt: ${why}`,
    holdRefused: (why) => `Second use refused: ${why}`, held: 'Coupon held',
    acked: (count) => `${count} fact${count === 1 ? '' : 's'} delivered, each confirmed by number`, found: (what, subject) => `Names ${subject}: ${what}`,
    failed: (why) => `Did not work: ${why}`,
  },
}

/** All texts of the page. */
export type Words = typeof zh

export const words: Readonly<Record<PageLanguage, Words>> = { zh, en }
