import { recordAudit } from '../audit/record.ts'
import { type Db, transact } from '../db/database.ts'
import { readInstallationKeys } from '../db/installation-keys.ts'
import { problem } from '../http/problems.ts'
import type { By } from './by.ts'
import { serveQueues } from './create-grader.ts'
import { drawGraderSecret, hashGraderSecret } from './grader-secret.ts'
import {
  endGraderSessions,
  forgetGraderFailures,
  type GraderRow,
  lockOptionalGrader,
  selectOptionalGrader,
  updateGraderRow,
} from './queries/graders.ts'

/**
 * Changes which queues an account serves, its dialect, or switches it off or on; switching off ends its sessions at once.
 * @throws problem not_found, queue_unknown
 */
export async function updateGrader(
  db: Db,
  id: string,
  change: { queues?: readonly string[] | undefined; strict_status?: boolean | undefined; is_disabled?: boolean | undefined },
  by: By,
): Promise<GraderRow> {
  return transact(db, async (tx) => {
    const before = await lockOptionalGrader(tx, id)
    if (before === undefined) throw problem('not_found')
    const { queues, strict_status, is_disabled } = change
    if (queues !== undefined) await serveQueues(tx, id, queues)
    await updateGraderRow(tx, id, {
      ...(strict_status === undefined ? {} : { strict_status }),
      ...(is_disabled === undefined || is_disabled === before.is_disabled ? {} : { is_disabled }),
    })
    if (is_disabled === true) await endGraderSessions(tx, id)
    if (is_disabled === false) await forgetGraderFailures(tx, before.username)
    const after = (await selectOptionalGrader(tx, id))!
    await recordAudit(tx, {
      ...by,
      action: 'grader.changed',
      object_kind: 'grader_account',
      object_id: id,
      before: said(before),
      after: said(after),
    })
    return after
  })
}

/** Draws a new secret for an account; the old one and every session opened with it end at once. @throws problem not_found */
export async function renewGraderSecret(db: Db, id: string, by: By): Promise<{ secret: string }> {
  const keys = await readInstallationKeys(db)
  const secret = drawGraderSecret()
  return transact(db, async (tx) => {
    const grader = await lockOptionalGrader(tx, id)
    if (grader === undefined) throw problem('not_found')
    await updateGraderRow(tx, id, { secret_hash: hashGraderSecret(keys.machine_secrets, grader.username, secret) })
    await endGraderSessions(tx, id)
    await forgetGraderFailures(tx, grader.username)
    await recordAudit(tx, { ...by, action: 'grader.secret_renewed', object_kind: 'grader_account', object_id: id })
    return { secret }
  })
}

const said = ({ queues, strict_status, is_disabled }: GraderRow) => ({ queues, strict_status, is_disabled })
