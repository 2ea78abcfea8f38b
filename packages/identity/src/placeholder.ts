const nobody =
  /^([0-]*|-1|null|undefined|anonymous|guest|nan|none|true|false|\[object object]|unknown|not set|id|distinct_id|not_authenticated|email|invalid|blank)$/

/**
 * Says whether a value is what programs write when they have no id (R1 of the person fold): such a value would join
 * strangers. Compared trimmed and without case.
 */
export const isPlaceholder = (value: unknown): boolean => nobody.test(String(value).trim().toLowerCase())
