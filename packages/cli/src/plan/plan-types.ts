import type { Plan, PlanNode } from '@omokit/core/plan'
import { eventJsonSchema } from '@omokit/core/schema'
import { planTable } from './plan-nodes'

/** The declaration file of a plan: `PlanBodies`, and the same merged into the tracker's own `EventBodies`. */
export function planTypes(plan: Plan): string {
  const own = ownNodes(plan)
  const rows = Object.keys(plan.events).map((event) => {
    const node = own[event]
    const more = node && node.properties ? typeOf(node, '  ') : undefined
    const standard = eventJsonSchema(event) ? `StandardBodies[${quoted(event)}]` : undefined
    return `  ${quoted(event)}: ${[standard, more].filter(Boolean).join(' & ') || '{ readonly [key: string]: unknown }'}`
  })
  return `// Made by omokit plan from ${plan.name} version ${plan.version}. Do not edit.
import type { StandardBodies } from '@omokit/core'
import type { PlanTable } from '@omokit/core/plan'

/** The body of every event of the plan. */
export interface PlanBodies {
${rows.join('\n')}
}

// track of every tracker in this project knows them
declare module '@omokit/tracker' {
  interface EventBodies {
${Object.keys(plan.events)
  .map((event) => `    ${quoted(event)}: PlanBodies[${quoted(event)}]`)
  .join('\n')}
  }
}

/** The plan as data, for \`createPlanCheck\` of \`@omokit/core/plan\`. */
export declare const plan: PlanTable
`
}

/** The brand's part of each event, without the standard fields. */
function ownNodes(plan: Plan): Readonly<Record<string, PlanNode>> {
  const own = Object.fromEntries(Object.entries(plan.events).map(([event, planned]) => [event.startsWith('x:') ? event : `x:${event}`, planned]))
  const { events } = planTable({ ...plan, events: own })
  return Object.fromEntries(Object.keys(plan.events).map((event) => [event, events[event.startsWith('x:') ? event : `x:${event}`] as PlanNode]))
}

/** A node as TypeScript. */
export function typeOf(node: PlanNode, indent = ''): string {
  if (node.const !== undefined) return JSON.stringify(node.const)
  if (node.enum) return node.enum.map((one) => JSON.stringify(one)).join(' | ') || 'never'
  if (node.allOf) return [...new Set(node.allOf.map((one) => bracketed(typeOf(one, indent))))].join(' & ')
  if (node.anyOf) return node.anyOf.map((one) => typeOf(one, indent)).join(' | ')
  switch (node.type) {
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return `readonly ${bracketed(node.items ? typeOf(node.items, indent) : 'unknown')}[]`
    case 'object':
      return objectType(node, indent)
    case undefined:
      return 'unknown'
    default:
      return node.type
  }
}

function objectType(node: PlanNode, indent: string): string {
  const { properties = {}, required = [], additionalProperties: more } = node
  const names = Object.keys(properties)
  if (!names.length)
    return more === false ? '{ readonly [key: string]: never }' : `{ readonly [key: string]: ${typeof more === 'object' ? typeOf(more, indent) : 'unknown'} }`
  const fields = names.map(
    (name) => `${indent}  readonly ${property(name)}${required.includes(name) ? '' : '?'}: ${typeOf(properties[name] as PlanNode, `${indent}  `)}`,
  )
  return `{\n${fields.join('\n')}\n${indent}}`
}

const bracketed = (type: string): string => (/[|& ]/.test(type) && !type.startsWith('{') ? `(${type})` : type)
const property = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name))
const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n')}'`
