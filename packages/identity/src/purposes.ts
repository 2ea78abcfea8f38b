/**
 * What personal data may be used for. PIPL articles 6 and 14 want consent for each; `separate` ones (articles 23, 24, 39)
 * need a consent of their own and are never part of "accept all".
 */
export type Purpose = 'necessary' | 'analytics' | 'identity' | 'marketing' | 'profiling-price' | 'third-party' | 'cross-border'

/** The purposes "accept all" grants. */
export const bundled: readonly Purpose[] = ['necessary', 'analytics', 'identity', 'marketing']

/** Purposes that must each be asked for by name (单独同意). */
export const separate: readonly Purpose[] = ['profiling-price', 'third-party', 'cross-border']

/** All there are. */
export const everyPurpose: readonly Purpose[] = bundled.concat(separate)

/** An unknown purpose is denied, never guessed. */
export const isPurpose = (value: string): value is Purpose => everyPurpose.indexOf(value as Purpose) >= 0
