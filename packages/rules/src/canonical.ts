/** JSON with one spelling: keys in code-unit order, no spaces, ASCII only. Absent and undefined are the same. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one ?? null)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const from = value as Readonly<Record<string, unknown>>
    const keys = Object.keys(from).filter((key) => from[key] !== undefined)
    return `{${keys
      .sort()
      .map((key) => `${text(key)}:${canonical(from[key])}`)
      .join(',')}}`
  }
  return typeof value === 'string' ? text(value) : String(value)
}

const text = (value: string): string => JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => '\\u' + ('000' + c.charCodeAt(0).toString(16)).slice(-4))
