import { accept, type Json } from '@omokit/core'
import { type Ga4Event, type MapOptions, toGa4 } from '@omokit/core/maps'
import type { TrackerPlugin } from '../plugin'
import { createDestination, type ForwardOptions } from './create-destination'

/** Google's `gtag` as far as it is called. */
export type Gtag = (command: 'event', name: string, params: Readonly<Record<string, Json>>) => unknown

type GoogleOptions = ForwardOptions & MapOptions

/**
 * To GA4 through `gtag` on the page: recommended events and items, amounts as decimals.
 *
 * @example
 * ga4Destination({ gtag: (...call) => gtag(...call), purpose: 'marketing', currency: 'CNY' })
 */
export function ga4Destination({ gtag, ...options }: GoogleOptions & { readonly gtag: Gtag }): TrackerPlugin {
  return google('ga4', options, ({ name, params }) => gtag('event', name, params))
}

/**
 * To Google Tag Manager: pushes onto `dataLayer`, items and amounts under `ecommerce`, which is emptied before as Google asks.
 *
 * @example
 * dataLayerDestination({ layer: (window.dataLayer = window.dataLayer || []), purpose: 'marketing' })
 */
export function dataLayerDestination({ layer, ...options }: GoogleOptions & { readonly layer: { push(entry: object): unknown } }): TrackerPlugin {
  return google('data-layer', options, ({ name, params }) => {
    if (params['items'] === undefined) return layer.push(Object.assign({}, params, { event: name }))
    layer.push({ ecommerce: null })
    return layer.push({ event: name, ecommerce: params })
  })
}

function google(name: string, options: GoogleOptions, send: (event: Ga4Event) => unknown): TrackerPlugin {
  return createDestination<Ga4Event>(
    Object.assign({}, options, {
      name,
      send,
      map(event: Parameters<typeof toGa4>[0]) {
        const mapped = toGa4(event, options)
        return mapped.ok ? accept({ message: mapped.value.message.events[0] as Ga4Event, lost: mapped.value.lost }) : mapped
      },
    }),
  )
}
