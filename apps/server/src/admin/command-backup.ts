import { resolve } from 'node:path'
import type { Command } from 'commander'
import { openBlobs } from '../storage/open.ts'
import { checkInstallation } from './check-installation.ts'
import { UsageError, verb } from './command.ts'
import { restoreBackup } from './restore-backup.ts'
import { takeBackup } from './take-backup.ts'

const counted = (count: number, one: string, many = `${one}s`): string => `${count.toLocaleString('en')} ${count === 1 ? one : many}`

/** Verbs about keeping an installation: backup, restore, check. */
export function backupCommands(program: Command): void {
  verb<{ keep: string }>(
    program,
    'backup',
    'write a backup of database and files into a folder, while Gradus runs',
    async (_db, { keep }, [folder], { pool, config }) => {
      if (!/^[1-9]\d{0,4}$/.test(keep)) throw new UsageError('--keep takes a number of backups, 1 or more.')
      const blobs = await openBlobs(config)
      try {
        const report = await takeBackup(pool, blobs, resolve(folder!), Number(keep))
        // The backup stands, and the operator must hear that the installation itself has lost something.
        if (report.missing_files.length > 0) process.exitCode = 1
        const lines = [
          `${report.path}: ${counted(report.row_count, 'row')} of ${counted(report.table_count, 'table')}, ${counted(report.file_count, 'file')}, of which ${report.copied_files.toLocaleString('en')} new.`,
          ...(report.removed_backups.length === 0 ? [] : [`Older ones removed: ${report.removed_backups.join(', ')}.`]),
          ...(report.missing_files.length === 0
            ? []
            : [`${counted(report.missing_files.length, 'file')} could not be found in the store: ${report.missing_files.join(', ')}. Run check.`]),
        ]
        return { json: report, text: lines.join('\n') }
      } finally {
        await blobs.close()
      }
    },
  )
    .argument('<folder>', 'where backups are kept, such as /var/backups/gradus; made if it is not there')
    .option('--keep <count>', 'how many backups stay; older ones are removed', '14')

  verb(
    program,
    'restore',
    'bring a backup back into an empty database and store',
    async (_db, _options, [backup], { pool, config }) => {
      const blobs = await openBlobs(config)
      try {
        const report = await restoreBackup(pool, blobs, resolve(backup!))
        return {
          json: report,
          text: [
            `Restored what was true at ${report.taken_at}: ${counted(report.row_count, 'row')}, ${counted(report.file_count, 'file')}.`,
            ...(report.applied.length === 0 ? [] : [`Migrated to this version: ${report.applied.join(', ')}.`]),
            'Run check before you start Gradus on it.',
          ].join('\n'),
        }
      } finally {
        await blobs.close()
      }
    },
    { migrates: false },
  ).argument('<backup>', 'the folder of one backup, such as /var/backups/gradus/2026-11-21T03-00-00Z')

  verb<{ hashes?: boolean }>(
    program,
    'check',
    'hold the installation against what must always be true',
    async (db, { hashes }, _args, { config }) => {
      const blobs = await openBlobs(config)
      try {
        const report = await checkInstallation(db, blobs, { with_hashes: hashes === true })
        if (!report.is_sound) process.exitCode = 1
        const { files, scores, exam_logs } = report.checked
        const lines = [
          `Looked at ${counted(files, 'file')}, ${counted(scores, 'score')}, ${counted(exam_logs, 'log of an exam', 'logs of exams')}, and every hand-in.`,
          ...report.complaints.map(({ what, count }) => `WRONG, ${count.toLocaleString('en')} times: ${what}`),
          ...(report.mended_scores === 0
            ? []
            : [`${counted(report.mended_scores, 'cached score')} differed from what its events say and is mended.`]),
          report.is_sound
            ? 'Everything is as it must be.'
            : 'Keep this database and its files as they are, and restore the last sound backup beside them.',
        ]
        return { json: report, text: lines.join('\n') }
      } finally {
        await blobs.close()
      }
    },
  ).option('--hashes', 'read every file and compare its SHA-256; takes as long as reading them takes')
}
