import { recordAudit } from '../audit/record.ts'
import { brokenConstraint, type Db, transact } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { readInstallationKeys } from '../db/installation-keys.ts'
import { problem } from '../http/problems.ts'
import type { By } from './by.ts'
import { drawGraderSecret, hashGraderSecret } from './grader-secret.ts'
import { type GraderRow, insertGrader, putGraderQueues, selectOptionalGrader } from './queries/graders.ts'

/**
 * Makes an account for an external grader or a learning management system; the secret is in the reply and nowhere else. One may be
 * given, so that machines that are configured already go on as they are.
 * @throws problem grader_taken, queue_unknown
 */
export async function createGrader(
  db: Db,
  of: { username: string; queues: readonly string[]; strict_status: boolean; secret?: string | undefined },
  by: By,
): Promise<GraderRow & { secret: string }> {
  const keys = await readInstallationKeys(db)
  const secret = of.secret ?? drawGraderSecret()
  const id = newId()
  try {
    return await transact(db, async (tx) => {
      await insertGrader(tx, {
        id,
        username: of.username,
        secret_hash: hashGraderSecret(keys.machine_secrets, of.username, secret),
        strict_status: of.strict_status,
      })
      await putGraderQueues(tx, id, of.queues)
      await recordAudit(tx, {
        ...by,
        action: 'grader.created',
        object_kind: 'grader_account',
        object_id: id,
        after: { username: of.username, queues: of.queues, strict_status: of.strict_status },
      })
      return { ...(await selectOptionalGrader(tx, id))!, secret }
    })
  } catch (error) {
    throw graderProblem(error, of.queues)
  }
}

/** Says in our words what the constraints of grader accounts refuse. */
export function graderProblem(error: unknown, queues: readonly string[]): unknown {
  switch (brokenConstraint(error)) {
    case 'grader_accounts_username_key':
      return problem('grader_taken')
    case 'grader_account_queues_queue_fkey':
      return problem('queue_unknown', { queues })
    default:
      return error
  }
}
