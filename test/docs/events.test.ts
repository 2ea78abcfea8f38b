import { factKinds } from '@omokit/core'
import { expect, it } from 'vitest'
import { eventsPage } from '../../scripts/docs/events'
import { textOf } from './code-blocks'

it('the pages of events are what the contract says now', () => {
  for (const language of ['zh', 'en'] as const) {
    expect(textOf(`docs/${language}/reference/events.md`)).toBe(eventsPage(language))
    for (const kind of Object.keys(factKinds)) expect(eventsPage(language)).toContain(`| \`${kind}\` |`)
  }
})
