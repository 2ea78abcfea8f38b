/** What WeChat and Alipay tell about how a mini-program was entered: `getEnterOptionsSync()`, `onLaunch`, `onShow`. */
export interface EnterOptions {
  readonly scene?: number | string
  readonly query?: object
}

/** The named texts of a link or an entry; `scene` is the host's number of the entrance. */
export interface EntryWords {
  readonly scene?: string | undefined
  /** The printed link or text of a code that was scanned. */
  readonly code?: string | undefined
  readonly words: Readonly<Record<string, string>>
}

/** Longer texts are cut. */
const longest = 128
/** WeChat's entrances by a code: scanned, pressed long, or from the album. */
const scans = /^10(?:1[123]|25|3[12]|4[789])$/
/** The 32 letters of a mini-program code have no room for long names. */
const short = ['omo_code', 'omo_placement', 'omo_store']

/**
 * Reads a link (its query, and the one in its fragment), a bare query, or the entry of a mini-program. Of an entry also what a code says:
 * the `scene` of a mini-program code, and the link in `q` (WeChat) or `qrCode` (Alipay). Never throws.
 */
export function entryWords(source: string | EnterOptions | undefined): EntryWords {
  if (!source) return { words: {} }
  if (typeof source === 'string') return { words: linkWords(source) }
  const words: Record<string, string> = {}
  const query = (source.query || {}) as Readonly<Record<string, unknown>>
  for (const name of Object.keys(query)) if (typeof query[name] === 'string') put(words, name, query[name])
  const scene = /^(?:number|string)$/.test(typeof source.scene) ? String(source.scene).slice(0, 32) : undefined
  // a page that was shared after a scan keeps the words of the scan in its path
  const scanned = scene === undefined || scans.test(scene)
  const link = [words['qrCode'], scanned ? words['q'] : undefined].map((text) => text && decoded(text)).filter((text) => text && /^https?:/i.test(text))[0]
  const printed = link || (scanned && words['scene'] !== undefined ? decoded(words['scene']) : undefined)
  if (printed !== undefined) {
    const told = link ? linkWords(printed) : pairs(printed)
    for (const name of Object.keys(told)) put(words, (!link && short.filter((long) => long.charAt(4) === name)[0]) || name, told[name] as string)
  }
  return { words, scene, code: printed }
}

function linkWords(link: string): Record<string, string> {
  const words: Record<string, string> = {}
  // the query, and the query of a route in the fragment
  for (const part of link.split(/[?#]/).slice(/[?#]/.test(link) ? 1 : 0)) {
    const found = pairs(part)
    for (const name of Object.keys(found)) put(words, name, found[name] as string)
  }
  return words
}

function pairs(query: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=')
    if (at > 0) put(found, decoded(pair.slice(0, at)), decoded(pair.slice(at + 1)))
  }
  return found
}

function put(words: Record<string, string>, name: string, text: string): void {
  if (/^\w{1,40}$/.test(name) && name !== '__proto__' && text) words[name] = text.slice(0, name === 'q' || name === 'qrCode' ? 2048 : longest)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    return text
  }
}
