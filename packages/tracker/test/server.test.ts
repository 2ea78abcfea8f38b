import { createDebug, showDebugPanel } from '@omokit/tracker/debug'
import { trackClicks } from '@omokit/tracker/clicks'
import { trackImpressions } from '@omokit/tracker/impressions'
import { trackPages } from '@omokit/tracker/pages'
import { createBots } from '@omokit/tracker/bots'
import { expect, it } from 'vitest'

it('on a server every capture of a page may be called, does nothing, and ends', () => {
  expect(typeof document).toBe('undefined')
  const before = process.getActiveResourcesInfo().length
  const told: unknown[] = []
  const tracker = { track: (...call: unknown[]) => Promise.resolve(void told.push(call)) }
  const offs = [trackClicks({ tracker }), trackImpressions({ tracker }), trackPages({ tracker }), showDebugPanel({ debug: createDebug(), outbox: {} })]
  expect(offs.map((off) => off())).toEqual([undefined, undefined, undefined, undefined])
  expect([told, process.getActiveResourcesInfo().length - before]).toEqual([[], 0])
  // Node 21 and later have a navigator; it is no bot
  const body = {}
  expect(createBots().before?.('x:a', body, { may: () => true })).toBe(body)
})
