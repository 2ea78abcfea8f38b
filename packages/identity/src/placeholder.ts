const words = '/null/undefined/anonymous/guest/nan/none/true/false/[object object]/-1/unknown/not set/id/distinct_id/not_authenticated/email/invalid/blank/'

/**
 * Says whether a value is what programs write when they have no id (R1 of the person fold): such a value would join
 * strangers. Compared trimmed and without case; `more` are the brand's own.
 */
export function isPlaceholder(value: unknown, more: readonly string[] = []): boolean {
  const text = String(value).trim().toLowerCase()
  return /^[0-]*$/.test(text) || (text.indexOf('/') < 0 && words.indexOf(`/${text}/`) >= 0) || more.some((word) => word.trim().toLowerCase() === text)
}
