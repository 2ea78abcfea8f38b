/// <reference types="@mini-types/alipay" />
import type { My } from '../../src/alipay/my'

/** Alipay's own typings fit what the adapter asks of `my`. */
export const host: My = my
