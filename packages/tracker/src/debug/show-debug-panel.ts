import type { Outbox } from '@omokit/core/outbox'
import type { Debug, DebugOutbox, DebugSnapshot } from './create-debug'
import { sections } from './debug-text'
import { labels } from './labels'
import { styleOf } from './panel-style'

/** Options of {@link showDebugPanel}. */
export interface DebugPanelOptions {
  readonly debug: Debug
  /** With `flush` the panel can send now. */
  readonly outbox: DebugOutbox & Partial<Pick<Outbox, 'flush'>>
  /** Default: Chinese on a page or browser that is, else English. */
  readonly language?: 'zh' | 'en'
}

/** Milliseconds between two looks at the queue. */
const pause = 1000

/**
 * A small panel in the corner of the page: what waits, what the hub confirmed, gaps, refusals, issues and the last events, live. It lives in a
 * shadow root: the page's styles do not reach it, nor its own the page. Answers the function that takes it off; on a server it does nothing.
 */
export function showDebugPanel({ debug, outbox, language }: DebugPanelOptions): () => void {
  if (typeof document === 'undefined') return () => undefined
  const spoken = language || (/^zh/i.test(document.documentElement.lang || navigator.language) ? 'zh' : 'en')
  const words = labels[spoken]
  const host = document.createElement('omokit-debug')
  const shadow = host.attachShadow({ mode: 'open' })
  styleOf(shadow)
  const panel = shadow.appendChild(make('details', ''))
  panel.open = true
  const head = panel.appendChild(make('summary', 'omokit'))
  const tools = panel.appendChild(make('p', ''))
  const content = panel.appendChild(make('div', ''))
  const button = (text: string, act: () => unknown): void => {
    tools.appendChild(make('button', text)).addEventListener('click', () => void act())
  }

  let busy = false
  async function show(): Promise<void> {
    if (busy) return
    busy = true
    try {
      draw(await debug.snapshot(outbox))
    } catch (error) {
      content.textContent = String(error) // the outbox was stopped, or its storage is gone
    }
    busy = false
  }
  function draw(snapshot: DebugSnapshot): void {
    const rows = sections(snapshot, spoken)
    head.textContent = `omokit · ${rows.queue}`
    content.textContent = ''
    for (const part of ['streams', 'refused', 'issues', 'events'] as const) {
      if (!rows[part].length) continue
      content.appendChild(make('h2', words[part === 'refused' ? 'quarantine' : part]))
      const list = content.appendChild(make('ol', ''))
      rows[part].forEach((row, i) => {
        const event = part === 'events' ? snapshot.events[i] : undefined
        list.appendChild(make('li', row)).className = `${part} ${event ? event.state : ''}`
      })
    }
  }

  const { flush } = outbox
  if (flush) button(words.send, () => flush().then(show))
  button(words.clear, () => debug.clear())
  button(words.close, () => off())
  const listening = debug.onChange(() => void show())
  const clock = setInterval(() => void show(), pause)
  document.documentElement.appendChild(host)
  void show()
  function off(): void {
    listening()
    clearInterval(clock)
    host.remove()
  }
  return off
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, text: string): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  element.textContent = text
  return element
}
