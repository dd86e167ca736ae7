import { recordAudit } from '../audit/record.ts'
import { brokenConstraint, type Db, type Tx, transact } from '../db/database.ts'
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
      await serveQueues(tx, id, of.queues)
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
    throw brokenConstraint(error) === 'grader_accounts_username_key' ? problem('grader_taken') : error
  }
}

/** Sets the queues that an account serves. @throws problem queue_unknown where one is not there, or is that of our own workers */
export async function serveQueues(tx: Tx, id: string, queues: readonly string[]): Promise<void> {
  const unknown = await putGraderQueues(tx, id, queues)
  if (unknown.length > 0) throw problem('queue_unknown', { queues: unknown })
}
