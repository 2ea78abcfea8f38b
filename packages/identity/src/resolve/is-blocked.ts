import { isPlaceholder } from '../placeholder'

/** Whether a value is no id: a placeholder, or one of the brand's own words for it, compared the same way. */
export const isBlocked = (value: unknown, words: readonly string[] = []): boolean =>
  isPlaceholder(value) || words.some((word) => word.trim().toLowerCase() === String(value).trim().toLowerCase())
