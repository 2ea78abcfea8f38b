/**
 * What an integrator would write, as code; ids as in bench/figures.json. Everything used is kept by `globalThis.keep`, so
 * that nothing is shaken away that a page would run.
 */
export const scenarios: Readonly<Record<string, string>> = {
  'size.track-only': `
    import { createSlimClock } from '@omokit/core'
    import { createPageOutbox, createPagePorts } from '@omokit/core/page'
    import { createTracker } from '@omokit/tracker'
    const ports = createPagePorts({ brand: 'acme' })
    const clock = createSlimClock(ports)
    const outbox = createPageOutbox({ ports, clock, hub: 'https://hub', key: 'pk' })
    outbox.start()
    const tracker = createTracker({ outbox, clock, who: () => ({}), may: () => true, kv: ports.kv })
    tracker.track('Product Viewed', { sku: 'A' }).then(() => tracker.flush())`,
  'size.first-event': `
    import { createOmokitCore } from 'omokit/web'
    const omo = createOmokitCore({ brand: 'acme', key: 'pk', hub: 'https://hub' })
    omo.identity.consent.grant(['analytics']).then(() => omo.identity.login({ member: 'm', token: 't' }))
    omo.tracker.track('Product Viewed', { sku: 'A' }).then(() => omo.tracker.flush())`,
  'size.quote': `
    import { compile, quote } from '@omokit/rules'
    globalThis.keep = (options, basket) => { const book = compile(options); return book.ok ? quote(book.value, basket, 0) : book }`,
  'size.release': `
    import { createPricingSync } from '@omokit/pricing-sync'
    globalThis.keep = (ports, clock) => {
      const sync = createPricingSync({ ports, clock, hub: 'https://hub', key: 'pk', keys: [] })
      return [sync.start(), sync.state(), sync.price('A')]
    }`,
  'size.verify-pure': `
    import { createPureCrypto } from '@omokit/core/ed25519'
    import { verifyProof, verifySigned } from '@omokit/core/documents'
    globalThis.keep = [createPureCrypto, verifySigned, verifyProof]`,
  'size.coupons': `
    import { createCommands } from '@omokit/core/commands'
    import { createCoupons } from '@omokit/coupons'
    globalThis.keep = (ports, clock, quote) => {
      const commands = createCommands({ ports, clock, hub: 'https://hub', key: 'pk' })
      const coupons = createCoupons({ commands, ports, hub: 'https://hub', key: 'pk', quote })
      return [coupons.list(), coupons.hold('o', []), coupons.confirm, coupons.reverse]
    }`,
  'size.insights': `
    import { conversionDrop, cusum, detectableDrop, ewmaChart, watchConversion } from '@omokit/insights/alerts'
    import { apportion, attribute, markov, shapley, touchShares } from '@omokit/insights/attribution'
    import { sampleRatio, twoProportions } from '@omokit/insights/experiments'
    import { customerTotals, lintSegments, orderCounts, rfmCells, rfmHeatmap, rfmSegments, rfmThresholds, scoreRfm } from '@omokit/insights/rfm'
    globalThis.keep = [
      [conversionDrop, cusum, detectableDrop, ewmaChart, watchConversion],
      [apportion, attribute, markov, shapley, touchShares],
      [sampleRatio, twoProportions],
      [customerTotals, lintSegments, orderCounts, rfmCells, rfmHeatmap, rfmSegments, rfmThresholds, scoreRfm],
    ]`,
  'size.till': `
    import { createOmokit } from 'omokit/till'
    globalThis.keep = (options) => createOmokit(options)`,
}
