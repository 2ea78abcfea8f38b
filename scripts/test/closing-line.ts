import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node'

/** Names what was skipped and why (the reason stands in the test's or suite's title), then closes with the three counts. */
class ClosingLine implements Reporter {
  private started = Date.now()
  onInit(_vitest: Vitest): void {
    this.started = Date.now()
  }
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 }
    const skipped = new Map<string, number>()
    for (const module of modules) {
      if (module.errors().length) counts.failed++
      for (const test of module.children.allTests()) count(test, counts, skipped)
    }
    for (const [reason, n] of skipped) process.stdout.write(`skipped ${n}: ${reason}\n`)
    process.stdout.write(`${Math.round((Date.now() - this.started) / 1000)} s\n`)
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
  }
}

function count(test: TestCase, counts: { passed: number; failed: number; skipped: number }, skipped: Map<string, number>): void {
  const { state } = test.result()
  if (state === 'passed') counts.passed++
  else if (state === 'failed') counts.failed++
  else {
    counts.skipped++
    // the reason stands in the title of the suite, or of the one test that cannot run
    const reason = test.parent.type === 'suite' && !/skipped|needs/.test(test.name) ? test.parent.fullName : test.fullName
    skipped.set(reason, (skipped.get(reason) ?? 0) + 1)
  }
}

export default ClosingLine
