import type { Issue } from '../issues'
import type { PlanNode } from './plan-table'

/** Most faults that are told of one body. */
const most = 8
/** Longer texts are not given to a pattern. */
const longest = 10_000

/**
 * What is wrong with a value under a node of a plan: at most 8 issues `invalid`, each with its path, what stands there and what
 * should. Empty when all is well. Values are never told, only their kinds and sizes.
 */
export function planFaults(node: PlanNode, value: unknown, path = ''): Issue[] {
  const faults: Issue[] = []
  look(node, value, path, faults)
  return faults
}

function look(node: PlanNode, value: unknown, path: string, faults: Issue[]): void {
  const wrong = (have: string | number, need: string | number): void => {
    if (faults.length < most) faults.push({ code: 'invalid', path, have, need })
  }
  const { type, properties, required, items } = node
  if (type && !isOf(type, value)) return wrong(kindOf(value), type)
  if (node.const !== undefined && value !== node.const) return wrong(kindOf(value), String(node.const))
  if (node.enum && node.enum.indexOf(value as string) < 0) return wrong(kindOf(value), node.enum.join(' | ').slice(0, 200))
  if (node.anyOf && !node.anyOf.some((one) => !planFaults(one, value).length)) return wrong(kindOf(value), node.anyOf.map(nameOf).join(' | ').slice(0, 200))
  if (node.allOf) for (const one of node.allOf) look(one, value, path, faults)
  if (typeof value === 'string') {
    if (value.length < (node.minLength || 0)) wrong(value.length, `${node.minLength} characters or more`)
    else if (value.length > (node.maxLength === undefined ? Infinity : node.maxLength)) wrong(value.length, `${node.maxLength} characters or less`)
    else if (node.pattern !== undefined && (value.length > longest || !new RegExp(node.pattern).test(value))) wrong('string', node.pattern.slice(0, 200))
  } else if (typeof value === 'number') {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = node
    if (minimum !== undefined && !(value >= minimum)) wrong(value, `${minimum} or more`)
    else if (exclusiveMinimum !== undefined && !(value > exclusiveMinimum)) wrong(value, `more than ${exclusiveMinimum}`)
    else if (maximum !== undefined && !(value <= maximum)) wrong(value, `${maximum} or less`)
    else if (exclusiveMaximum !== undefined && !(value < exclusiveMaximum)) wrong(value, `less than ${exclusiveMaximum}`)
  } else if (Array.isArray(value)) {
    if (value.length < (node.minItems || 0)) wrong(value.length, `${node.minItems} items or more`)
    else if (value.length > (node.maxItems === undefined ? Infinity : node.maxItems)) wrong(value.length, `${node.maxItems} items or less`)
    else if (items) for (let i = 0; i < value.length && faults.length < most; i++) look(items, value[i], at(path, i), faults)
  } else if (typeof value === 'object' && value !== null) {
    const fields = value as Readonly<Record<string, unknown>>
    for (const name of required || []) {
      const field = properties && has(properties, name) ? properties[name] : undefined
      if ((!has(fields, name) || fields[name] === undefined) && faults.length < most)
        faults.push({ code: 'invalid', path: at(path, name), have: 'nothing', need: field ? nameOf(field) : 'a value' })
    }
    const more = node.additionalProperties
    for (const name of Object.keys(fields)) {
      if (faults.length >= most) break
      const field = properties && has(properties, name) ? properties[name] : undefined
      if (fields[name] === undefined) continue
      if (field) look(field, fields[name], at(path, name), faults)
      else if (more === false) faults.push({ code: 'invalid', path: at(path, name), have: kindOf(fields[name]), need: 'nothing' })
      else if (typeof more === 'object') look(more, fields[name], at(path, name), faults)
    }
  }
}

const has = (object: object, name: string): boolean => Object.prototype.hasOwnProperty.call(object, name)
const at = (path: string, step: string | number): string => (path ? `${path}.${step}` : String(step))

function isOf(type: string, value: unknown): boolean {
  if (type === 'integer') return typeof value === 'number' && Number.isFinite(value) && Math.floor(value) === value
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value)
  return kindOf(value) === type
}

const kindOf = (value: unknown): string => (value === null ? 'null' : value === undefined ? 'nothing' : Array.isArray(value) ? 'array' : typeof value)

/** A node in a few words. */
function nameOf(node: PlanNode): string {
  if (node.const !== undefined) return String(node.const)
  if (node.enum) return node.enum.join(' | ').slice(0, 200)
  return node.type || (node.anyOf ? node.anyOf.map(nameOf).join(' | ') : 'a value')
}
