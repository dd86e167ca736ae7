import { startProduct } from '../product.ts'
import { fuzz } from './run.ts'
import { fuzzingOf } from './targets.ts'

/** `node acceptance/fuzz/main.ts [requests per operation] [seed]`: a longer run than the suite's, printed. */
const requests_per_operation = Number(process.argv[2] ?? 400)
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000)
const product = await startProduct({ GRADUS_WORKERS: '0', GRADUS_DEMO: 'on' })
try {
  const findings = await fuzz({ ...(await fuzzingOf(product)), requests_per_operation, seed })
  console.log(JSON.stringify(findings, null, 2))
  console.log(`seed ${seed}: ${findings.requests} requests to ${findings.operations} operations`)
  console.log(`${findings.requests - findings.failures.length} passed, ${findings.failures.length} failed`)
  process.exitCode = findings.failures.length === 0 ? 0 : 1
} finally {
  await product.stop()
}
