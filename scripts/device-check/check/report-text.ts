import { hash } from '@omokit/core'
import type { SuiteResult } from './run-check'

/** What stands above the suites in a result. */
export interface ReportHead {
  readonly host: string
  readonly device: string
  /** Version and commit that the check was built from. */
  readonly build: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly ms: number
}

/** Suites added up. */
export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly untested: number
  readonly skipped: number
}

export const totalsOf = (suites: readonly SuiteResult[]): Totals => ({
  passed: suites.reduce((sum, { passed }) => sum + passed, 0),
  failed: suites.reduce((sum, { failures }) => sum + failures.length, 0),
  untested: suites.reduce((sum, { untested }) => sum + untested, 0),
  skipped: suites.filter(({ state }) => state === 'skipped').length,
})

/** A result as a person pastes it: English whatever the screen says, so that all results read alike. The last line holds it together. */
export function reportText({ host, device, build, startedAt, ms }: ReportHead, suites: readonly SuiteResult[]): string {
  const { passed, failed, untested, skipped } = totalsOf(suites)
  const lines = [
    'omokit device check 1',
    `build    ${build}`,
    `host     ${host}`,
    `device   ${plain(device)}`,
    `when     ${new Date(startedAt).toISOString()}, ${(ms / 1000).toFixed(1)} s`,
  ]
  for (const suite of suites) {
    lines.push(
      padded(suite.name) +
        (suite.reason
          ? `skipped: ${plain(suite.reason)}`
          : `${suite.passed}/${suite.total} in ${suite.ms} ms${suite.untested ? `, ${suite.untested} not possible here` : ''}`),
    )
    for (const { name, reason } of suite.failures) lines.push(`  FAILED ${plain(name)}: ${plain(reason)}`)
  }
  lines.push(`RESULT   ${failed ? 'FAIL' : 'PASS'} ${passed} passed, ${failed} failed, ${untested} not possible here, ${skipped} suites skipped`)
  return lines.concat(`CHECK    ${sumOf(lines)}`).join('\n')
}

/** Whether a pasted result is whole: line ends and blanks at the ends of lines do not count. */
export function isWhole(text: string): boolean {
  const lines = text.trim().split(/\s*\r?\n/)
  const last = lines.pop() || ''
  return last.trim() === `CHECK    ${sumOf(lines)}`
}

const sumOf = (lines: readonly string[]): string => hash('device-check', lines.join('\n')).slice(0, 12)

const padded = (name: string): string => (name + '         ').slice(0, 9)

/** One line, without what a chat window would change. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').trim()
