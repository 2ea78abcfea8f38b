/** How a visitor says that it is a program: a crawler by its name, a driven browser (W3C WebDriver), one without a screen. */
export type BotKind = 'crawler' | 'webdriver' | 'headless'

/** What is looked at. */
export interface BotSigns {
  readonly userAgent?: string
  readonly webdriver?: boolean
}

/** Crawlers by the words they put into their names; CUBOT is a phone. */
const crawler =
  /(?!cubot)\b[\w.-]*(?:bot|spider|crawler)\b|\b(?:slurp|mediapartners|adsbot|facebookexternalhit|facebookcatalog|meta-externalagent|bingpreview|lighthouse|pagespeed|pingdom|uptimerobot|statuscake|headlesscms|archiver|ia_archiver|heritrix|nutch|python-requests|python-urllib|aiohttp|curl|wget|libwww|go-http-client|okhttp|apache-httpclient|java\/\d|axios|node-fetch|undici|scrapy|feedfetcher|google-read-aloud|chatgpt-user|claude-user|perplexity-user|bytespider)/i

/** What a visitor declares to be, or undefined. It does not find out what hides: a browser that lies is taken for a person. */
export function botOf({ userAgent = '', webdriver }: BotSigns): BotKind | undefined {
  if (crawler.test(userAgent)) return 'crawler'
  if (webdriver) return 'webdriver'
  return /headless|phantomjs|\bjsdom\b|happydom/i.test(userAgent) ? 'headless' : undefined
}
