import { ruleJsonSchema } from '@omokit/rules/schema'

interface Node {
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
}

/**
 * Everything a rule may say, as the schema names it: `<kind, condition, effect or part>.<key>`, and with `=value` where only some
 * values are allowed. A key added to the schema appears here by itself.
 */
export function schemaKeys(): ReadonlySet<string> {
  const schema = ruleJsonSchema() as Node & { readonly $defs?: Readonly<Record<string, Node>> }
  const keys = new Set<string>()
  const seen = new Set<Node>()
  const walk = (given: Node, part: string): void => {
    const node = given.$ref ? (schema.$defs?.[given.$ref.replace('#/$defs/', '')] ?? schema) : given
    if (seen.has(node) && given.$ref) return
    seen.add(node)
    for (const one of [...(node.anyOf ?? []), ...(node.oneOf ?? [])]) walk(one, part)
    if (node.items) walk(node.items, part)
    const { properties } = node
    if (!properties) return
    const names = allowed(properties['kind']) ?? allowed(properties['type']) ?? [part]
    for (const name of names)
      for (const [key, value] of Object.entries(properties)) {
        keys.add(`${name}.${key}`)
        if (key !== 'kind' && key !== 'type') for (const one of allowed(value) ?? []) keys.add(`${name}.${key}=${one}`)
        walk(value, key)
      }
  }
  walk(schema, '')
  return keys
}

/** What a rule says, in the same names. */
export function keysOf(rule: object): ReadonlySet<string> {
  const keys = new Set<string>()
  const walk = (value: unknown, part: string): void => {
    if (Array.isArray(value)) for (const one of value) walk(one, part)
    else if (typeof value === 'object' && value !== null) {
      const from = value as Readonly<Record<string, unknown>>
      const name = String(from['kind'] ?? from['type'] ?? part)
      for (const [key, one] of Object.entries(from)) {
        if (key === 'id' && from['kind']) continue
        keys.add(`${name}.${key}`)
        if (typeof one === 'string' && key !== 'kind' && key !== 'type') keys.add(`${name}.${key}=${one}`)
        walk(one, key)
      }
    }
  }
  walk(rule, '')
  return keys
}

const allowed = (node: Node | undefined): readonly string[] | undefined =>
  node?.enum ? node.enum.map(String) : node?.const === undefined ? undefined : [String(node.const)]
