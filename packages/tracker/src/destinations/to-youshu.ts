import type { Json } from '@omokit/core'
import { toYoushu, type YoushuEvent, type YoushuOptions } from '@omokit/core/maps'
import type { TrackerPlugin } from '../plugin'
import { createDestination, type ForwardOptions } from './create-destination'

/** What is called of 腾讯有数's `sr` (sr-sdk-wxapp). */
export interface YoushuClient {
  track(type: string, props: Readonly<Record<string, Json>>): unknown
}

/** To 腾讯有数 through its own SDK. Events it has no name for stay here; `level` tells how many of an article are in the cart. */
export function youshuDestination({ sr, ...options }: ForwardOptions & YoushuOptions & { readonly sr: YoushuClient }): TrackerPlugin {
  return createDestination<YoushuEvent>(
    Object.assign({}, options, {
      name: 'youshu',
      map: (event: Parameters<typeof toYoushu>[0]) => toYoushu(event, options),
      send: ({ type, props }: YoushuEvent) => sr.track(type, props),
    }),
  )
}
