import { type FactName, factKinds, type JourneyStage } from '@omokit/core'
import type { Plan, PlanNode } from '@omokit/core/plan'
import { eventTexts } from '@omokit/core/schema'
import { planTable } from './plan-nodes'
import { typeOf } from './plan-types'

type Language = 'zh' | 'en'

const words: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  zh: {
    title: '打点计划',
    made: '由 omokit plan 生成，请勿手改。',
    stage: '阶段',
    owner: '负责人',
    field: '字段',
    type: '类型',
    needed: '必填',
    yes: '是',
    no: '否',
    none: '没有字段',
  },
  en: {
    title: 'Tracking plan',
    made: 'Made by omokit plan; do not edit.',
    stage: 'stage',
    owner: 'owner',
    field: 'field',
    type: 'type',
    needed: 'required',
    yes: 'yes',
    no: 'no',
    none: 'no fields',
  },
}
const stages: Readonly<Record<JourneyStage, Readonly<Record<Language, string>>>> = {
  acquisition: { zh: '引流', en: 'acquisition' },
  conversion: { zh: '转化', en: 'conversion' },
  retention: { zh: '留存', en: 'retention' },
  referral: { zh: '裂变', en: 'referral' },
}

/** The plan for people: every event with its meaning, stage, owner and fields, as Markdown. */
export function planCatalogue(plan: Plan, language: Language): string {
  const text = words[language]
  const { events } = planTable(plan)
  const parts = Object.entries(plan.events).map(([event, planned]) => {
    const standard = Object.hasOwn(eventTexts, event) ? eventTexts[event as FactName] : undefined
    const stage = planned.stage ?? factKinds[event]?.stage
    const about = [
      planned[language] ?? standard?.[language] ?? planned.en ?? planned.zh,
      stage && `${text['stage']}: ${stages[stage][language]}`,
      planned.owner && `${text['owner']}: ${cell(planned.owner)}`,
    ]
    return `## ${cell(event)}\n\n${about
      .filter(Boolean)
      .map((one) => cell(String(one)))
      .join(' · ')}\n\n${fields(events[event] as PlanNode, text)}`
  })
  return `# ${text['title']} ${plan.name} · ${plan.version}\n\n${text['made']}\n\n${parts.join('\n\n')}\n`
}

function fields(node: PlanNode, text: Readonly<Record<string, string>>): string {
  const rows = Object.entries(node.properties ?? {}).map(
    ([name, field]) => `| \`${cell(name)}\` | \`${cell(oneLine(typeOf(field)))}\` | ${node.required?.includes(name) ? text['yes'] : text['no']} |`,
  )
  return rows.length ? `| ${text['field']} | ${text['type']} | ${text['needed']} |\n|---|---|---|\n${rows.join('\n')}` : String(text['none'])
}

/** A type as a reader wants it in a table. */
const oneLine = (type: string): string =>
  type
    .replace(/readonly /g, '')
    .replace(/\{\n\s*/g, '{ ')
    .replace(/\n\s*\}/g, ' }')
    .replace(/\n\s*/g, '; ')

/** Text that cannot break out of its cell. */
const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/\s+/g, ' ').replace(/</g, '&lt;')
