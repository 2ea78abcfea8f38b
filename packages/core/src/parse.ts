/** The value, or undefined for nothing and for what is no JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) || undefined
  } catch {
    // no JSON
  }
}
