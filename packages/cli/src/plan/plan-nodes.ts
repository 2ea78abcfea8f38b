import { OmoError } from '@omokit/core'
import type { Plan, PlanNode, PlanTable } from '@omokit/core/plan'
import { eventJsonSchema } from '@omokit/core/schema'

type Json = Readonly<Record<string, unknown>>

const numbers = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minItems', 'maxItems', 'minLength', 'maxLength'] as const
const lists = ['anyOf', 'oneOf', 'allOf'] as const
/** Said for readers, or already said by a pattern. */
const silent = ['$schema', '$id', 'title', 'description', 'examples', 'format', 'deprecated', 'readOnly', 'default', 'id']
const types = ['string', 'number', 'integer', 'boolean', 'null', 'array', 'object']

/** The plan as the data a validator without zod reads. Throws `invalid` with the place of what cannot be said in it. */
export function planTable(plan: Plan): PlanTable {
  const events: Record<string, PlanNode> = {}
  for (const [event, { body }] of Object.entries(plan.events)) {
    const standard = eventJsonSchema(event)
    if (!standard && !event.startsWith('x:')) throw new OmoError('unknown-kind', `${event}: neither a standard event nor x:`)
    const own = body?.['~standard'].jsonSchema.input({ target: 'draft-2020-12' })
    const nodes = [standard, own].flatMap((schema) => (schema ? [planNode(schema, event)] : []))
    if (own && nodes.at(-1)?.type !== 'object') throw new OmoError('invalid', `${event}: a body is an object`)
    events[event] = nodes.length > 1 ? merged(nodes[0] as PlanNode, nodes[1] as PlanNode) : (nodes[0] ?? { type: 'object' })
  }
  return { name: plan.name, version: plan.version, closed: plan.closed, events }
}

/** A standard body and what the brand adds: a field of both must fit both. */
function merged(standard: PlanNode, own: PlanNode): PlanNode {
  const properties: Record<string, PlanNode> = { ...standard.properties }
  for (const [name, node] of Object.entries(own.properties ?? {})) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined
    properties[name] = known ? { allOf: [known, node] } : node
  }
  return { type: 'object', properties, required: [...new Set([...(standard.required ?? []), ...(own.required ?? [])])] }
}

/** One schema as a node. `where` names the place for people. */
function planNode(schema: unknown, where: string): PlanNode {
  if (schema === true) return {}
  if (typeof schema !== 'object' || schema === null) throw new OmoError('invalid', `${where}: no schema`)
  const node: Record<string, unknown> = {}
  for (const [word, value] of Object.entries(schema as Json)) {
    if (silent.includes(word)) continue
    if (word === 'type') {
      if (Array.isArray(value)) node['anyOf'] = value.map((type) => planNode({ type }, where))
      else if (types.includes(String(value))) node['type'] = value
      else throw new OmoError('invalid', `${where}: type ${String(value)}`)
    } else if (word === 'const' || word === 'enum') node[word] = value
    else if ((numbers as readonly string[]).includes(word)) node[word] = value
    else if (word === 'pattern') node['pattern'] = plainPattern(String(value), where)
    else if ((lists as readonly string[]).includes(word))
      node[word === 'allOf' ? 'allOf' : 'anyOf'] = (value as readonly unknown[]).map((one) => planNode(one, where))
    else if (word === 'properties')
      node[word] = Object.fromEntries(Object.entries(value as Json).map(([name, one]) => [name, planNode(one, `${where}.${name}`)]))
    else if (word === 'required') node[word] = value
    else if (word === 'additionalProperties') {
      const more = typeof value === 'boolean' ? value : planNode(value, `${where}.*`)
      if (more === false || (typeof more === 'object' && Object.keys(more).length)) node[word] = more
    } else if (word === 'items') node[word] = planNode(value, `${where}[]`)
    else if (word === 'propertyNames' && JSON.stringify(value) === '{"type":"string"}') continue
    else throw new OmoError('invalid', `${where}: "${word}" cannot be checked without zod; say it with another type, or leave it out`)
  }
  return node as PlanNode
}

/** A pattern that engines of 2017 read. */
function plainPattern(pattern: string, where: string): string {
  if (/\(\?<|\\p\{|\\P\{/.test(pattern)) throw new OmoError('invalid', `${where}: the pattern needs a newer engine than mini-programs have`)
  return pattern
}
