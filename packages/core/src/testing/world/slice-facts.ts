/**
 * The exact text of each element of the `facts` array of a request: hashes are taken over these bytes, so they must not be
 * parsed and printed again. Undefined when there is no such array.
 */
export function sliceFacts(body: string): readonly string[] | undefined {
  const slices: string[] = []
  let depth = 0
  let inText = false
  let key = ''
  let textFrom = 0
  let from = -1
  let found = false
  for (let i = 0; i < body.length; i++) {
    const char = body.charAt(i)
    if (inText) {
      if (char === '\\') i++
      else if (char === '"') {
        inText = false
        if (depth === 1) key = body.slice(textFrom, i)
      }
    } else if (char === '"') {
      inText = true
      textFrom = i + 1
    } else if (char === '{' || char === '[') {
      if (depth === 1) found = found || (char === '[' && key === 'facts')
      if (depth === 2 && key === 'facts') from = i
      depth++
    } else if (char === '}' || char === ']') {
      depth--
      if (depth === 2 && key === 'facts' && from >= 0) {
        slices.push(body.slice(from, i + 1))
        from = -1
      }
    }
  }
  return found ? slices : undefined
}
