/** Text that may stand in a column and a log line: 1 to `max` UTF-16 units, no control characters, no half surrogate pair. */
export function isPlainText(value: unknown, max: number = 200): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= max && !bad.test(value)
}

// control characters, and surrogates that lack their other half
const bad = /[\u0000-\u001f\u007f-\u009f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/
