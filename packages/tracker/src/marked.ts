import type { FactBody, Json } from '@omokit/core'

/** Fields whose texts are numbers; any other stays a text, so that an article's number keeps its zeros. */
const numbers = /^(?:price|value|total|discount|shipping|tax|amount|quantity|position|points|step|release|results|rating|score|size|seen|expected)$/

/**
 * What an element is marked with: `data-omo-sku="TEA006" data-omo-price="8800"` is `{ sku: 'TEA006', price: 8800 }`. Reads these attributes
 * and nothing else of the element: no text, no value of an input, no address. `data-omo-event` and `data-omo-list` are not among the fields.
 */
export function markedFields(element: Element): FactBody {
  const body: Record<string, Json> = {}
  for (const { name, value } of Array.from(element.attributes)) {
    if (!/^data-omo-(?!event$|list$)[a-z]/.test(name)) continue
    const field = name.slice(9).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
    body[field] = numbers.test(field) && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value
  }
  return body
}
