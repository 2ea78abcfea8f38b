import type { Json } from '@omokit/core'
import { type MapOptions, type MappedEvent, type SensorsMessage, toSensors } from '@omokit/core/maps'
import type { TrackerPlugin } from '../plugin'
import { createDestination, type ForwardOptions } from './create-destination'

/** What is called of 神策's SDK: `sensors` on a page, `app.sensors` in a mini-program. */
export interface SensorsClient {
  track(event: string, properties: Readonly<Record<string, Json>>): unknown
}

/** To 神策 through its own SDK, which knows its visitor itself: names as in `toSensors` of `@omokit/core/maps`. */
export function sensorsDestination({ sensors, ...options }: ForwardOptions & MapOptions & { readonly sensors: SensorsClient }): TrackerPlugin {
  return createDestination<SensorsMessage>(
    Object.assign({}, options, {
      name: 'sensors',
      // a record must name somebody; the SDK puts its own visitor there, so that of this one only event and properties are used
      map: (event: MappedEvent) => toSensors(Object.assign({}, event, { body: Object.assign({ anonId: '-' }, event.body) }), options),
      send: ({ event, properties }: SensorsMessage) => sensors.track(event, properties),
    }),
  )
}
