/// <reference types="miniprogram-api-typings" />
import type { Wx } from '../../src/wechat/wx'

/** WeChat's own typings fit what the adapter asks of `wx`. */
export const host: Wx = wx
