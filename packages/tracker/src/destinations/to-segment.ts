import type { Json } from '@omokit/core'
import { type MapOptions, type SegmentMessage, toSegment } from '@omokit/core/maps'
import type { TrackerPlugin } from '../plugin'
import { createDestination, type ForwardOptions } from './create-destination'

/** What is called of Segment's `analytics`, and of RudderStack's and Jitsu's, which have it too. */
export interface SegmentClient {
  track(event: string, properties: Readonly<Record<string, Json>>): unknown
  page(properties: Readonly<Record<string, Json>>): unknown
}

/** To Segment, RudderStack or Jitsu on the page: the same names, amounts as decimals. A screen is a track there. */
export function segmentDestination({ analytics, ...options }: ForwardOptions & MapOptions & { readonly analytics: SegmentClient }): TrackerPlugin {
  return createDestination<SegmentMessage>(
    Object.assign({}, options, {
      name: 'segment',
      map: (event: Parameters<typeof toSegment>[0]) => toSegment(event, options),
      send: ({ type, event, properties }: SegmentMessage) =>
        type === 'page' ? analytics.page(properties) : analytics.track(event === undefined ? 'Screen Viewed' : event, properties),
    }),
  )
}
