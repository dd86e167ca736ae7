import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with a line that any log reader understands: `N passed, N failed, N skipped`. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++
      if (module.children.size === 0 && module.state() === 'failed') count.failed++
    }
    process.on('exit', () => console.log(`${count.passed} passed, ${count.failed + count.pending} failed, ${count.skipped} skipped`))
  }
}
