import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type FactKind, type FactName, factKinds, type JourneyStage, type KeyKind, type Lane } from '@omokit/core'
import { eventSchemas, eventTexts, ownSchemas } from '@omokit/core/schema'
import * as z from 'zod/mini'
import { root, say } from '../repository'

type Language = 'zh' | 'en'

const opening: Readonly<Record<Language, string>> = {
  zh: `---
order: 3
---
# 事件（事实）

每件发生的事是一条**事实**：种类、设备时间、时区、单调时钟、时钟来源、正文、地点、同意快照。编号是 \`stream.seq\`。名字沿用 Segment 电商规范，OMO 独有的用同样的形式；金额是最小货币单位的整数，时间是毫秒。

\`pk\` 可公开、\`tk\` 终端、\`sk\` 秘密、\`st\` 员工（角色 facts）。正文里带 \`?\` 的字段可以不写；\`products[]\` 的每一项是 \`sku, name?, price?, currency?, quantity?, position?, …\`，同 \`Product Viewed\`。\`quantity\` 是变化量，不是购物车的存量。每种正文的模式在 \`@omokit/core/schema\` 的 \`eventSchemas\`，JSON Schema 在包里的 \`schemas/body-*.json\`。

本页由 \`npx tsx --conditions=@omokit/source scripts/docs/events.ts\` 从契约生成，有测试守着。
`,
  en: `---
order: 3
---
# Events (facts)

Whatever happened is a **fact**: kind, device time, zone, monotonic clock, clock source, body, place, the consent of its moment. Its id is \`stream.seq\`. Names follow Segment's e-commerce specification, omokit's own the same form; amounts are integer minor units, times are milliseconds.

\`pk\` publishable, \`tk\` terminal, \`sk\` secret, \`st\` staff (role facts). A field with \`?\` may be absent; each of \`products[]\` is \`sku, name?, price?, currency?, quantity?, position?, …\`, as in \`Product Viewed\`. \`quantity\` is a change, never the cart's level. The schemas of the bodies are \`eventSchemas\` of \`@omokit/core/schema\`; their JSON Schemas are \`schemas/body-*.json\` of the package.

This page is made from the contract by \`npx tsx --conditions=@omokit/source scripts/docs/events.ts\`; a test holds it current.
`,
}

const closing: Readonly<Record<Language, string>> = {
  zh: `## 每条事件的环境

| 环境 | 在哪里 |
|---|---|
| 渠道、门店、工位、营业日、操作员 | 事实的 \`place\`：\`channel, storeId, workstationId, businessDay, operatorId\` |
| 培训 | \`place.training: true\`：记下，但任何报告都不算它，不耗券，不计积分 |
| 访问 | 正文的 \`session\`；来源（UTM、小程序场景值、二维码位置）在它的 \`Session Started\` 的 \`campaign\` |
| 谁 | 正文的 \`anonId\`、\`userId\`，以同意为限；\`track\` 自动加 |
| 导购 | 正文的 \`staffId\` |
| 抽样、爬虫 | 正文的 \`sampleRate\`（一条代表 \`1 / sampleRate\` 条）、\`bot\`：见[追踪器](./tracker) |
| 价格的来历 | 正文的 \`release\`：价格或规则出自哪一版发布 |

阶段是这类事件在顾客路上的位置；漏斗报告另按“走到了哪一步的证据”计数（加购只说明人来了，付款才算转化）。

三个时间分得清：\`at\`（设备）、\`at + offset\`（校正）、收到的时刻（中枢）。顺序看 \`seq\`。

中枢对 trade 的反应：小票重算报价并记积分；\`Order Completed\` 按单号只算一次；\`Coupon Redeemed\` 记到租约上；退款按比例收回积分。

品牌自己的事件以 \`x:\` 开头，放在 observe，谁都可以发，正文自由；写进[打点计划](./plan)就由编译器和校验器检查。
`,
  en: `## Around every event

| what | where |
|---|---|
| channel, store, workstation, business day, operator | the fact's \`place\`: \`channel, storeId, workstationId, businessDay, operatorId\` |
| training | \`place.training: true\`: recorded, but no report counts it; it burns no coupon and earns no points |
| session | \`session\` in the body; where it came from (UTM, mini-program scene, QR placement) is \`campaign\` of its \`Session Started\` |
| who | \`anonId\` and \`userId\` in the body, as far as consent lets it be said; \`track\` adds them |
| shop assistant | \`staffId\` in the body |
| sample, bots | \`sampleRate\` in the body (one stands for \`1 / sampleRate\`) and \`bot\`: see the [tracker](./tracker) |
| where a price came from | \`release\` in the body: the release of the price or rule |

A stage is where on a shopper's way this kind belongs; the funnel report counts evidence of how far a person came (a full cart shows that somebody was drawn, only a payment is a conversion).

Three times are kept apart: \`at\` (device), \`at + offset\` (corrected), and the hub's time of receipt. Order is by \`seq\`.

What the hub does with trade: a receipt is priced again and credits points; \`Order Completed\` counts once by its order; \`Coupon Redeemed\` counts against its lease; a refund takes points back in proportion.

A brand's own events begin with \`x:\`, stand in observe, may come from anyone and are free in their body; written into a [tracking plan](./plan) they are checked by the compiler and a validator.
`,
}

const lanes: Readonly<Record<Lane, readonly [zh: string, en: string]>> = {
  trade: ['trade 通道：不丢弃，逐条哈希相连', 'Lane trade: never dropped, hash-chained'],
  observe: ['observe 通道：以同意为基础，可以清除', 'Lane observe: rests on consent, can be purged'],
}
const stages: Readonly<Record<JourneyStage, readonly [zh: string, en: string]>> = {
  acquisition: ['引流', 'acquisition'],
  conversion: ['转化', 'conversion'],
  retention: ['留存', 'retention'],
  referral: ['裂变', 'referral'],
}
const prefixes: Readonly<Record<KeyKind, string>> = { publishable: 'pk', terminal: 'tk', secret: 'sk', staff: 'st' }
const columns: Readonly<Record<Language, string>> = {
  zh: '| 种类 | 意思 | 阶段 | 谁可以发 | 正文 |\n|---|---|---|---|---|',
  en: '| kind | what happened | stage | who may send | body |\n|---|---|---|---|---|',
}
/** What {@link EventContext} lets any body say: told once, below the tables. */
const everywhere: readonly string[] = ['anonId', 'userId', 'session', 'release', 'staffId', 'sampleRate', 'bot']
const always: readonly string[] = ['Consent Recorded', 'Identity Linked', 'Visitor Left', 'Receipt Issued']

/** The page of all kinds of facts. */
export function eventsPage(language: Language): string {
  const at = language === 'zh' ? 0 : 1
  const tables = (Object.keys(lanes) as Lane[]).map((lane) => {
    const names = (Object.keys(factKinds) as FactName[]).filter((name) => factKinds[name].lane === lane)
    const rows = names.map((name) => {
      const kind: FactKind = factKinds[name]
      const stage = kind.stage ? stages[kind.stage][at] : '–'
      return `| \`${name}\` | ${eventTexts[name][language]} | ${stage} | ${kind.scopes.map((scope) => prefixes[scope]).join(' ')} | \`${fieldsOf(name)}\` |`
    })
    const note =
      lane === 'observe'
        ? `${language === 'zh' ? '`Facts Lost` 在两条通道里都可以，只说自己的流。' : '`Facts Lost` may stand in either lane, about its own stream.'}\n\n`
        : ''
    return `## ${lanes[lane][at]}\n\n${note}${columns[language]}\n${rows.join('\n')}\n`
  })
  return `${[opening[language], ...tables, closing[language]].join('\n').trimEnd()}\n`
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly items?: Shape
}

/** `sku, name?, products[sku, price?]`. */
function fieldsOf(name: FactName): string {
  const schema: z.ZodMiniType = name in eventSchemas ? eventSchemas[name as keyof typeof eventSchemas] : ownSchemas[name as keyof typeof ownSchemas]
  const shape = z.toJSONSchema(schema, { io: 'input' }) as Shape
  const fields = Object.entries(shape.properties ?? {}).filter(([field]) => always.includes(name) || !everywhere.includes(field))
  return fields.map(([field, inner]) => `${field}${shape.required?.includes(field) ? '' : '?'}${isProducts(inner) ? '[]' : ''}`).join(', ')
}

const isProducts = ({ items }: Shape): boolean => items?.properties !== undefined

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const language of ['zh', 'en'] as const) {
    const file = join('docs', language, 'reference', 'events.md')
    writeFileSync(join(root, file), eventsPage(language))
    say(file)
  }
}
