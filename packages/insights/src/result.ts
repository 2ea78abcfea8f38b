/**
 * Every code insights refuses with. Each is a code of `@omokit/core` too, so that `textOf(issue, 'zh-CN')` of
 * `@omokit/core/texts` says it in words.
 */
export type IssueCode =
  | 'invalid' // a value of the wrong type or out of range; `path` names it, `need` says what it should be
  | 'too-many' // more elements than can be worked through exactly; `need` is the most
  | 'not-an-amount' // money that is not a safe integer of minor units

/** One reason why something was refused, for machines. */
export interface Issue {
  readonly code: IssueCode
  /** Where, as a dotted path: `journeys.3.path`. */
  readonly path: string
  readonly have?: number | string
  readonly need?: number | string
}

/** An answer: the value, or why there is none. Nothing is thrown. */
export type Result<T> = { readonly ok: true; readonly value: T } | Refusal

/** The refusing half of a {@link Result}. */
export interface Refusal {
  readonly ok: false
  readonly issues: readonly Issue[]
}

/** Wraps a value as the accepting half of a {@link Result}. */
export const accept = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })

/** Builds a refusal with one issue. */
export const refuse = (code: IssueCode, path: string, have: unknown, need?: number | string): Refusal => ({
  ok: false,
  issues: [Object.assign({ code, path, have: typeof have === 'number' ? have : String(have) }, need === undefined ? {} : { need })],
})

/** Nothing when the value is a finite number that holds; else the refusal that says what it should be. */
export const check = (path: string, value: unknown, holds = true, need = 'a number'): Refusal | undefined =>
  holds && Number.isFinite(value) ? undefined : refuse('invalid', path, value, need)

/** {@link check} for a share between 0 and 1, both left out. */
export const checkShare = (path: string, value: number): Refusal | undefined => check(path, value, value > 0 && value < 1, '0..1, ends left out')

/** {@link check} for a whole number from `least` to `most`. */
export const checkCount = (path: string, value: number, least = 0, most: number = Number.MAX_SAFE_INTEGER): Refusal | undefined =>
  check(path, value, Math.floor(value) === value && value >= least && value <= most, `${least}..${most}`)

/** {@link check} for money: a safe integer of minor units. */
export const checkAmount = (path: string, value: number): Refusal | undefined =>
  Number.isSafeInteger(value) ? undefined : refuse('not-an-amount', path, value)

/** The first refusal the members of a list give, looked at in order; its path is put below the list's. */
export function checkEach<T>(at: string, list: readonly T[], look: (one: T, i: number) => Refusal | undefined): Refusal | undefined {
  for (let i = 0; i < list.length; i++) {
    const wrong = look(list[i] as T, i)
    // only now: a path for each of a million sound rows would cost more than the look
    if (wrong) return below(`${at}.${i}`, wrong)
  }
  return undefined
}

/** The same refusal with its paths below another. */
export function below(at: string, wrong: Refusal): Refusal
export function below(at: string, wrong: Refusal | undefined): Refusal | undefined
export function below(at: string, wrong: Refusal | undefined): Refusal | undefined {
  return wrong && { ok: false, issues: wrong.issues.map((issue) => Object.assign({}, issue, { path: issue.path ? `${at}.${issue.path}` : at })) }
}
