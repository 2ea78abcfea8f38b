import type { Totals } from './report-text'
import type { SuiteName } from './run-check'

/** What the screen says. */
export interface Words {
  readonly title: string
  readonly lead: string
  readonly address: string
  readonly addressHint: string
  readonly start: string
  readonly running: string
  readonly again: string
  readonly copy: string
  readonly copied: string
  readonly paste: string
  readonly other: string
  readonly skipped: string
  readonly noAddress: string
  readonly suites: Readonly<Record<SuiteName, string>>
  verdict(totals: Totals): string
}

export type Language = 'zh' | 'en'

export const words: Readonly<Record<Language, Words>> = {
  zh: {
    title: 'omokit 真机检查',
    lead: '在这台设备上运行 omokit 的全部契约测试。只写入自己的临时数据，结束时删除；除下面填写的地址外不联网。',
    address: '检查服务地址（可不填）',
    addressHint: '例如 https://check.example.com/contract，不填则跳过网络测试',
    start: '开始检查',
    running: '正在检查，请勿离开本页',
    again: '再来一次',
    copy: '复制结果',
    copied: '已复制',
    paste: '请把下面的文字整段粘贴给 omokit 项目',
    other: 'English',
    skipped: '跳过',
    noAddress: '没有填写地址',
    suites: {
      time: '时钟',
      timer: '定时器',
      entropy: '随机数',
      kv: '键值存储',
      log: '事实日志',
      locks: '锁',
      life: '前后台',
      crypto: '签名与哈希',
      net: '网络',
      seals: '价格封印',
    },
    verdict: ({ passed, failed, untested, skipped }) =>
      (failed ? `${failed} 项未通过，${passed} 项通过` : `全部通过：${passed} 项`) +
      (untested ? `，${untested} 项此处无法测试` : '') +
      (skipped ? `，跳过 ${skipped} 组` : ''),
  },
  en: {
    title: 'omokit device check',
    lead: 'Runs all of omokit’s contract tests on this device. It writes only data of its own and removes it at the end; it asks no server but the one named below.',
    address: 'Address of the check server (optional)',
    addressHint: 'e.g. https://check.example.com/contract; without it the network suite is skipped',
    start: 'Start',
    running: 'Checking, please stay on this page',
    again: 'Once more',
    copy: 'Copy result',
    copied: 'Copied',
    paste: 'Please paste the whole text below to the omokit project',
    other: '中文',
    skipped: 'skipped',
    noAddress: 'no address given',
    suites: {
      time: 'Clock',
      timer: 'Timers',
      entropy: 'Randomness',
      kv: 'Key-value storage',
      log: 'Log of facts',
      locks: 'Locks',
      life: 'Hide and show',
      crypto: 'Signatures and hashes',
      net: 'Network',
      seals: 'Seals of prices',
    },
    verdict: ({ passed, failed, untested, skipped }) =>
      (failed ? `${failed} failed, ${passed} passed` : `All ${passed} passed`) +
      (untested ? `, ${untested} not possible here` : '') +
      (skipped ? `, ${skipped} suite${skipped > 1 ? 's' : ''} skipped` : ''),
  },
}
