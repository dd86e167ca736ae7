import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{packages,apps,acceptance,bench,demo,scripts}/**/*.test.{ts,tsx}'],
    globalSetup: ['apps/server/test/setup.ts'],
    // Two cores is the machine kind we measure on; race tests bring their own concurrency.
    maxWorkers: 2,
    // Real processes, kills and leases of a second: on a machine that others use a test may lose one race with it, not two. What
    // needed its second try is named in the report.
    retry: process.env.CI === undefined ? 0 : 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './scripts/closing-line.ts'],
  },
})
