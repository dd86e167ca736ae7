import { expect, test } from 'vitest'
import { statementsOf } from '../../test/statements.ts'
import { insertRun } from './queries/runs.ts'
import { forgive, insertResult, listScoreEvents, lockPlace, putScore } from './queries/scores.ts'
import { insertSubmission } from './queries/submit.ts'

const bytes = Buffer.alloc(32)
const all = (n: number) =>
  statementsOf(async (db) => {
    const place = { principal_id: `p-${n}`, assignment_question_id: `aq-${n}` }
    await insertSubmission(db, {
      ...{ ...place, id: `s-${n}`, job_id: `j-${n}`, language: `l-${n}`, content: bytes, content_sha256: bytes },
      ...{ client: `c-${n}`, idempotency_key: `k-${n}`, request_sha256: bytes },
    })
    await insertRun(db, { ...place, id: `r-${n}`, job_id: `j-${n}`, language: `l-${n}`, content: bytes })
    await insertResult(db, {
      ...{
        submission_id: `s-${n}`,
        generation: 1,
        verdict: 'accepted',
        points: n,
        points_possible: n,
        compile_output: '',
        sandbox: 'wasm',
        runtime: '',
      },
      tests: Array(n).fill({ test_case_id: 't', verdict: 'accepted', points: 1, time_ms: null, memory_kb: null, detail: {} }),
    })
    await lockPlace(db, place)
    await listScoreEvents(db, place)
    await putScore(db, place, { submission_id: `s-${n}`, points: n, points_possible: n })
    await forgive(db, `s-${n}`)
  })

test('the statements of hand-ins and results', async () => {
  await expect((await all(1)).join(';\n\n')).toMatchFileSnapshot('./queries.test.sql')
})

test('never vary with what they are given, so that a prepared one is always the same', async () => {
  expect(await all(5)).toEqual(await all(1))
})
