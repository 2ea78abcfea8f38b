import type { Fact } from '@omokit/core'
import { createMemoryDevice, createMemoryPorts } from '@omokit/core/memory'
import { compile, quote, type Quote } from '@omokit/rules'
import { trackReceipts } from '@omokit/tracker/till'
import { createTill } from 'omokit'
import { expect, it } from 'vitest'

function sale(): Quote {
  const book = compile({ release: 1, currency: 'CNY', lists: ['base'], prices: (_list, sku) => ({ sku, price: 8800 }), rules: { rules: [] } })
  const priced = book.ok && quote(book.value, { currency: 'CNY', channel: 'till', lines: [{ id: '1', sku: 'TEA006', qty: 2 }] }, 0)
  if (!priced || !priced.ok) throw new Error('no quote')
  return priced.value
}

it('whatever a till records says store, workstation, business day, operator and training as they are at that moment', async () => {
  const ports = createMemoryPorts({ brand: 'demo', device: createMemoryDevice() })
  const till = createTill({ ports, hub: 'https://hub.invalid', key: 'tk_test', storeId: '0042', workstationId: '3' })
  const receipts = trackReceipts({ tracker: till, events: ['Order Completed'] })
  const sell = async (order: string): Promise<void> => void (await receipts.record(await till.issueReceipt({ order, quote: sale() })))
  await till.track('Screen Viewed', { name: 'before the shift' })
  till.shift({ businessDay: '2026-11-28', operatorId: 'c7' })
  await till.track('Screen Viewed', { name: 'sale' })
  await sell('A-1')
  till.shift({ businessDay: '2026-11-29', operatorId: 'c9', training: true })
  await sell('A-2')

  const facts: Fact[] = []
  for (const stream of await ports.log.list()) for (const { text } of await ports.log.open(stream).read(0, 100, 1e6)) facts.push(JSON.parse(text) as Fact)
  const where = { channel: 'till', storeId: '0042', workstationId: '3' }
  const [first, second] = [
    { ...where, businessDay: '2026-11-28', operatorId: 'c7' },
    { ...where, businessDay: '2026-11-29', operatorId: 'c9', training: true },
  ]
  const placed = (kind: string): unknown[] => facts.filter((fact) => fact.kind === kind).map((fact) => fact.place)
  expect(placed('Screen Viewed')).toEqual([where, first])
  expect(placed('Receipt Issued')).toEqual([first, second])
  expect(placed('Order Completed')).toEqual([first, second])
  await till.stop()
})
