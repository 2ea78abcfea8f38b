import type { Campaign } from '../session'
import { type EnterOptions, entryWords } from './entry-words'

const fields = [
  ['source', 'utm_source'],
  ['medium', 'utm_medium'],
  ['name', 'utm_campaign'],
  ['term', 'utm_term'],
  ['content', 'utm_content'],
  ['placement', 'omo_placement'],
] as const

/** WeChat's entrances that say only that somebody came back: lists of recently used ones, the desktop, another mini-program, the floating ball. */
const returning = '1001 1022 1023 1038 1089 1090 1103 1104 1131'

/**
 * Where a visit came from, for `session.campaign`: UTM fields, `omo_placement` of a QR code, the scene of a mini-program. Takes a link or what
 * `getEnterOptionsSync()` answers. Undefined when nothing says it; `returning` names the scenes that alone say nothing (default: WeChat's).
 * Click ids of advertisers are left out: they name a person. Never throws.
 *
 * @example
 * createOmokitCore({ brand, hub, key, session: { campaign: () => campaignFrom(location.href) } })
 */
export function campaignFrom(source: string | EnterOptions | undefined, options: { readonly returning?: readonly string[] } = {}): Campaign | undefined {
  const { words, scene } = entryWords(source)
  const campaign: Record<string, string> = {}
  for (const [field, word] of fields) {
    const text = words[word]
    if (text !== undefined) campaign[field] = text
  }
  const told = Object.keys(campaign).length > 0
  if (!told && (scene === undefined || (options.returning || returning.split(' ')).indexOf(scene) >= 0)) return undefined
  if (scene !== undefined) campaign['scene'] = scene
  return campaign
}
