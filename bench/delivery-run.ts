import { rmSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { bundleAndServe, launchChromium, type Chromium, type ServedPage } from '../scripts/chromium/launch'
import type { Outage } from './delivery-collector'
import type { Arrived, Subject } from './delivery-subject'

/** One way a page and its collector come to grief. */
export interface Fault {
  readonly name: string
  readonly outage?: Outage
  /** What is killed at the end; "page" is closed in order as a user does, right after the burst. */
  readonly end: 'page' | 'tab' | 'browser'
  /** Tabs that write, each its share. */
  readonly writers?: number
  /** Tabs at reopening. */
  readonly readers?: number
}

/** What became of 1,000 events under one fault. */
export interface Outcome {
  readonly fault: string
  /** Events that were to arrive: those whose promise had resolved before the end, for peers all. */
  readonly owed: number
  /** Of these not with the collector, nor, for peers, in their storage, where it can still be seen. */
  readonly lost: number
  /** Copies held beyond the first of an event. */
  readonly twice: number
  /** Queued 20 s after reopening. */
  readonly pending: number
  /** Milliseconds from the first event to the end: 7 s of outage, longer where the events themselves took longer. */
  readonly span: number
  readonly arrived: Arrived
}

export const events = 1_000
const outageMs = 7_000
const patience = 20_000

const userAgent = '--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36'

/** Beside what a subject brings: bursts, and a record of what was stored. Strings are evaluated against it. */
const driver = `
  const stored = []
  let put
  const note = (n) => { const done = put(n); if (done && done.then) done.then(() => stored.push(n), () => {}); return done }
  globalThis.bench = {
    open: (collector, brand, key) => { const one = open(collector, brand, key); put = put || one },
    one: (n) => note(n),
    pending,
    queued,
    stored: () => stored,
    atOnce(from, to) { for (let n = from; n < to; n++) note(n) },
    async gently(from, to) {
      for (let n = from; n < to; n++) {
        note(n)
        if (n % 20 === 19) await new Promise((next) => setTimeout(next, 25))
      }
      return stored.slice()
    },
  }`

/** A subject's page on a port of its own; close it when all runs are over. */
export const servePage = ({ code }: Subject): Promise<ServedPage> => bundleAndServe({ code: code + driver })

/** A browser with a profile of its own, which looks like one that a person uses: some trackers leave robots out. */
export const startBrowser = (profile?: string): Promise<Chromium> => launchChromium({ args: [userAgent], ...(profile && { profile }) })

/** Opens the page and the client in it. */
export async function visit(browser: Chromium, served: ServedPage, open: readonly (readonly string[])[]): Promise<Page> {
  const page = await browser.context.newPage()
  await page.goto(served.url)
  for (const args of open) await page.evaluate(`bench.open(${args.map((arg) => JSON.stringify(arg)).join(', ')})`)
  return page
}

/** As the system does with a tab it has no memory for. */
export async function killTab(browser: Chromium, page: Page): Promise<void> {
  const session = await browser.context.newCDPSession(page)
  const crashed = new Promise((resolve) => page.once('crash', resolve))
  session.send('Page.crash').catch(() => {})
  await crashed
  await page.close()
}

/** 1,000 events, 20 at a time, during a fault; the end; a sound collector and the page opened again. */
export async function runFault(subject: Subject, served: ServedPage, fault: Fault): Promise<Outcome> {
  const { collector, brand, key, arrived } = await subject.collect()
  const open = [[collector.url, brand, key]]
  let browser = await startBrowser()
  const { profile } = browser
  try {
    const { writers = 1, readers = 1 } = fault
    const pages: Page[] = []
    for (let i = 0; i < writers; i++) pages.push(await visit(browser, served, open))
    if (fault.outage) await collector.fail(fault.outage)
    const begun = performance.now()
    const over = fault.end === 'page' ? undefined : pause(outageMs)
    const share = (i: number): number => Math.floor((events * i) / writers)
    let stored = (await Promise.all(pages.map((page, i) => page.evaluate(`bench.gently(${share(i)}, ${share(i + 1)})`)))) as number[][]
    if (over) {
      await over
      stored = (await Promise.all(pages.map((page) => page.evaluate('bench.stored()')))) as number[][]
    }
    const span = performance.now() - begun
    if (fault.end === 'browser') await browser.kill()
    else for (const page of pages) await (fault.end === 'tab' ? killTab(browser, page) : page.close())
    await collector.fail(undefined)
    if (fault.end === 'browser') browser = await startBrowser(profile)

    const again = await Promise.all(Array.from({ length: readers }, () => visit(browser, served, open)))
    const pending = await waitUntilSent(again, subject.promises)
    const end = await arrived()
    const owed = subject.promises ? stored.flat() : Array.from({ length: events }, (_, n) => n)
    const queued = new Set((await again[0]?.evaluate('bench.queued()')) as number[])
    return {
      fault: fault.name,
      owed: owed.length,
      lost: owed.filter((n) => !end.copies.has(n) && !queued.has(n)).length,
      twice: Array.from(end.copies.values()).reduce((sum, count) => sum + count - 1, 0),
      pending,
      span,
      arrived: end,
    }
  } finally {
    await browser.close()
    await collector.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** What is queued 20 s after reopening; a fresh event after 10 s wakes those who send only then. One that says it is empty is given 2 s to send more. */
async function waitUntilSent(pages: readonly Page[], tells: boolean): Promise<number> {
  const until = Date.now() + patience
  let woken = false
  const pending = async (): Promise<number> => Math.max(...((await Promise.all(pages.map((page) => page.evaluate('bench.pending()')))) as number[]))
  while (Date.now() < until) {
    await pause(500)
    if (tells && !(await pending())) {
      await pause(2_000)
      break
    }
    if (!woken && until - Date.now() < patience / 2) {
      woken = true
      if (!tells) await pages[0]?.evaluate('void bench.one(1000000)')
    }
  }
  return pending()
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
