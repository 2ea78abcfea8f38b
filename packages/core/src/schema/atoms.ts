import * as z from 'zod/mini'

type Text = z.ZodMiniString<string>
type Whole = z.ZodMiniInt

/** A name of something: order, coupon, member, store. */
export const id: Text = z.string().check(z.minLength(1), z.maxLength(128))
/** A short text. */
export const label: Text = z.string().check(z.maxLength(256))
/** The name of a stream. */
export const streamId: Text = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/))
/** A token or code in Base45. */
export const token: Text = z.string().check(z.minLength(1), z.maxLength(600))
/** base64url SHA-256. */
export const sha256Text: Text = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/))
/** Milliseconds since the epoch. */
export const time: Whole = z.int().check(z.minimum(0))
/** A number of things; safe integer. */
export const count: Whole = z.int().check(z.minimum(0))
/** Number of a fact in its stream. */
export const seq: Whole = z.int().check(z.minimum(1))
/** Minor units, at most 1e13 either way. */
export const amount: Whole = z.int().check(z.minimum(-1e13), z.maximum(1e13))
