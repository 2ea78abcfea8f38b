// The web page of the device check. Each context of a case is a frame of its own, as separate as two tabs.
import type { Ports } from '@omokit/core'
import type { createWebPorts } from '@omokit/core/web'
import { createCheck, type Check, type Screen } from './create-check'
import type { CheckPlace } from './run-check'

/** Set by the build. */
declare const OMOKIT_BUILD: string
declare const OMOKIT_SEALS: string

interface Frame extends Window {
  readonly omokitAdapter: { readonly createWebPorts: typeof createWebPorts }
}

const home = 'device-check'
let cases = 0

const place = (url: string): CheckPlace => ({
  seals: OMOKIT_SEALS,
  skips: 'indexedDB' in window ? {} : { log: 'no IndexedDB' },
  async clean() {
    document.querySelectorAll('iframe').forEach((frame) => frame.remove())
    const databases = indexedDB.databases ? await indexedDB.databases().catch(() => []) : []
    for (const { name } of databases) if (name && name.includes(`${home} `)) indexedDB.deleteDatabase(name)
    for (const key of Object.keys(localStorage)) if (key.includes(`${home} `)) localStorage.removeItem(key)
  },
  async harness() {
    const mine = `${home} ${Date.now()} ${++cases} `
    const spare: Frame[] = []
    let used: Frame[] = []
    const load = async (): Promise<void> => {
      const frame = document.createElement('iframe')
      frame.src = 'frame.html'
      frame.hidden = true
      const loaded = new Promise((resolve) => (frame.onload = resolve))
      document.body.append(frame)
      await loaded
      spare.push(frame.contentWindow as Frame)
    }
    const open = ({ brand = 'demo', instance = 'main' } = {}): Ports => {
      const frame = spare.pop() ?? (used[0] as Frame)
      used.push(frame)
      return frame.omokitAdapter.createWebPorts({ brand: mine + brand, instance })
    }
    const first = (): Frame => used[0] as Frame
    for (let i = 0; i < 3; i++) await load()
    return {
      url,
      open,
      async restart() {
        used.forEach((frame) => frame.frameElement?.remove())
        used = []
        await load()
        return open()
      },
      world: {
        hide: () => void first().dispatchEvent(new Event('pagehide')),
        show: () => void first().dispatchEvent(new Event('pageshow')),
        online: (_, online) => void first().dispatchEvent(new Event(online ? 'online' : 'offline')),
      },
    }
  },
})

const at = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E

/** A page that the check server gave has that server to ask; one from a disk has none. */
const served = location.protocol.startsWith('http') && document.querySelector('meta[name="omokit-contract"]') ? new URL('contract', location.href).href : ''

const check: Check = createCheck({
  host: 'web',
  device: `${navigator.userAgent}; ${screen.width}x${screen.height}@${devicePixelRatio}; ${navigator.language}`,
  build: OMOKIT_BUILD,
  language: navigator.language,
  address: served,
  place,
  draw: (now) => draw(now),
})

function draw({ language, words, address, phase, rows, progress, verdict, text, copied }: Screen): void {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  document.title = words.title
  document.body.dataset['phase'] = phase
  at('title').textContent = words.title
  at('lead').textContent = words.lead
  at('language').textContent = words.other
  at('address-label').textContent = words.address
  const field = at<HTMLInputElement>('address')
  field.placeholder = words.addressHint
  if (document.activeElement !== field) field.value = address
  field.disabled = phase === 'running'
  const start = at<HTMLButtonElement>('start')
  start.textContent = phase === 'running' ? words.running : phase === 'ready' ? words.start : words.again
  start.disabled = phase === 'running'
  at('bar').style.width = `${progress}%`
  at('verdict').textContent = verdict
  at('suites').replaceChildren(
    ...rows.map((row) => {
      const line = document.createElement('li')
      line.dataset['state'] = row.state
      line.dataset['suite'] = row.name
      const [mark, label, note] = ['i', 'b', 'span'].map((tag) => document.createElement(tag)) as [HTMLElement, HTMLElement, HTMLElement]
      label.textContent = row.label
      note.textContent = row.note
      line.append(mark, label, note)
      for (const failure of row.failures) line.append(Object.assign(document.createElement('p'), { textContent: failure }))
      return line
    }),
  )
  at('result').hidden = !text
  at('paste').textContent = words.paste
  at('text').textContent = text
  at('copy').textContent = copied ? words.copied : words.copy
}

at('start').addEventListener('click', () => void check.start())
at('language').addEventListener('click', () => check.otherLanguage())
at<HTMLInputElement>('address').addEventListener('change', (event) => check.setAddress((event.target as HTMLInputElement).value))
at('copy').addEventListener('click', () => {
  const selection = getSelection()
  selection?.selectAllChildren(at('text'))
  // an old web view has no clipboard of its own: the text stays selected
  const copying = navigator.clipboard ? navigator.clipboard.writeText(check.screen().text) : Promise.resolve(void document.execCommand('copy'))
  void copying.then(
    () => check.copied(),
    () => undefined,
  )
})
