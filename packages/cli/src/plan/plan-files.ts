import type { Plan } from '@omokit/core/plan'
import { planCatalogue } from './plan-catalogue'
import { planTable } from './plan-nodes'
import { planTypes } from './plan-types'

/** Every file `omokit plan` makes of a plan, by name: the same plan always gives the same bytes. */
export function planFiles(plan: Plan, format: 'esm' | 'cjs' = 'esm'): Readonly<Record<string, string>> {
  const table = planTable(plan)
  const head = `// Made by omokit plan from ${plan.name} version ${plan.version}. Do not edit.\n`
  const data = JSON.stringify(table, null, 2)
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:omokit:plan:${plan.name}:${plan.version}`,
    title: `${plan.name} ${plan.version}`,
    $defs: table.events,
  }
  return {
    'plan.js': format === 'esm' ? `${head}export const plan = ${data}\n` : `${head}exports.plan = ${data}\n`,
    'plan.d.ts': planTypes(plan),
    'plan.schema.json': `${JSON.stringify(schema, null, 2)}\n`,
    'catalogue.zh.md': planCatalogue(plan, 'zh'),
    'catalogue.en.md': planCatalogue(plan, 'en'),
  }
}
