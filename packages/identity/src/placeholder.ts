const words = 'null/undefined/anonymous/guest/nan/none/true/false/[object object]/-1/unknown/not set/id/distinct_id/not_authenticated/email/invalid/blank'

/**
 * Says whether a value is what programs write when they have no id (R1 of the person fold): such a value would join
 * strangers. Compared trimmed and without case.
 */
export function isPlaceholder(value: unknown): boolean {
  const text = String(value).trim().toLowerCase()
  return /^[0-]*$/.test(text) || words.split('/').indexOf(text) >= 0
}
