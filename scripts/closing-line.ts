import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with a line that any log reader understands: `N passed, N failed, N skipped`. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++
      // A file that cannot be loaded and a hook that fails are failures of their own: the tests behind them count as skipped.
      count.failed += module.errors().length
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length
    }
    process.on('exit', () => console.log(`${count.passed} passed, ${count.failed + count.pending} failed, ${count.skipped} skipped`))
  }
}
