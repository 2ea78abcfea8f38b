import { reportText, totalsOf } from './report-text'
import { runCheck, suiteNames, type CheckPlace, type SuiteName, type SuiteResult } from './run-check'
import { words, type Language, type Words } from './words'

/** One line on the screen. */
export interface Row {
  readonly name: SuiteName
  readonly label: string
  readonly state: SuiteResult['state']
  readonly note: string
  readonly failures: readonly string[]
}

/** All that a screen shows: plain data, so that a page, WXML and AXML can draw the same. */
export interface Screen {
  readonly language: Language
  readonly words: Omit<Words, 'suites' | 'verdict'>
  readonly address: string
  readonly phase: 'ready' | 'running' | 'passed' | 'failed'
  readonly rows: readonly Row[]
  /** Share of the cases that have run, 0 to 100. */
  readonly progress: number
  readonly verdict: string
  /** The result to paste; "" before the end. */
  readonly text: string
  readonly copied: boolean
}

/** What a device's page gives. */
export interface CheckOptions {
  readonly host: string
  readonly device: string
  readonly build: string
  readonly language: string
  /** Filled in beforehand, where the page knows it. */
  readonly address?: string
  place(address: string): CheckPlace
  draw(screen: Screen): void
}

/** The check behind a screen. */
export interface Check {
  screen(): Screen
  start(): Promise<void>
  setAddress(address: string): void
  otherLanguage(): void
  copied(): void
}

/** Makes the check; draws at once and after every change. */
export function createCheck(options: CheckOptions): Check {
  let language: Language = /^zh/i.test(options.language) ? 'zh' : 'en'
  let address = options.address || ''
  let phase: Screen['phase'] = 'ready'
  let suites: readonly SuiteResult[] = suiteNames.map((name) => ({ name, state: 'waiting', passed: 0, untested: 0, total: 0, ms: 0, failures: [] }))
  let text = ''
  let copied = false

  const screen = (): Screen => {
    const { suites: labels, verdict, ...rest } = words[language]
    const total = suites.reduce((sum, suite) => sum + (suite.state === 'skipped' ? 0 : suite.total), 0)
    const totals = totalsOf(suites)
    return {
      language,
      words: rest,
      address,
      phase,
      rows: suites.map((suite) => ({
        name: suite.name,
        label: labels[suite.name],
        state: suite.state,
        note: noteOf(suite, rest),
        failures: suite.failures.map(({ name, reason }) => `${name}: ${reason}`),
      })),
      progress: total ? Math.round(((totals.passed + totals.failed + totals.untested) / total) * 100) : 0,
      verdict: phase === 'passed' || phase === 'failed' ? verdict(totals) : '',
      text,
      copied,
    }
  }
  const draw = (): void => options.draw(screen())

  draw()
  return {
    screen,
    async start() {
      if (phase === 'running') return
      phase = 'running'
      text = ''
      copied = false
      draw()
      const startedAt = Date.now()
      const place = options.place(address)
      suites = await runCheck(address ? place : withoutNet(place), (now) => {
        suites = now
        draw()
      })
      const head = { host: options.host, device: options.device, build: options.build, startedAt, ms: Date.now() - startedAt }
      phase = totalsOf(suites).failed ? 'failed' : 'passed'
      text = reportText(head, suites)
      draw()
    },
    setAddress(next) {
      address = next.trim().replace(/\/+$/, '')
      draw()
    },
    otherLanguage() {
      language = language === 'zh' ? 'en' : 'zh'
      draw()
    },
    copied() {
      copied = true
      draw()
    },
  }
}

const withoutNet = (place: CheckPlace): CheckPlace => Object.assign({}, place, { skips: Object.assign({}, place.skips, { net: words.en.noAddress }) })

function noteOf({ state, passed, total, ms, reason }: SuiteResult, { skipped, noAddress }: Pick<Words, 'skipped' | 'noAddress'>): string {
  if (state === 'skipped') return `${skipped} · ${reason === words.en.noAddress ? noAddress : reason}`
  if (state === 'waiting') return ''
  return `${passed}/${total}` + (state === 'running' ? '' : ` · ${ms} ms`)
}
