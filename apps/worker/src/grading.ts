import type { ChosenSandboxes } from '@gradus/sandbox/choose'
import { gradeProgram } from '@gradus/sandbox/grade'
import type { Grade } from './loop.ts'

/** Grades leased jobs in the sandboxes of this machine. */
export const gradeIn =
  (sandboxes: ChosenSandboxes): Grade =>
  (job, onTest, signal) =>
    gradeProgram(sandboxes, { language: job.language, code: Buffer.from(job.code_base64, 'base64'), spec: job.spec }, { onTest, signal })
