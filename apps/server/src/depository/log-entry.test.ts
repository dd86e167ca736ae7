import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { complaintAbout, emptyLog, entryMiddle, type LogEntry, type LogHead, type LogKind } from './log-entry.ts'

const exam_id = '01890000-0000-7000-8000-000000000000'
const bodies = fc.array(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))), {
  minLength: 1,
  maxLength: 12,
})

/** As queries/log.ts writes it; exams.test.ts holds what that writes against the same rules. */
function nextEntry(head: LogHead, { at, ...of }: { exam_id: string; kind: LogKind; at: string; body: unknown }): LogEntry {
  const seq = head.seq + 1
  const entry = `{"at":"${at}",${entryMiddle(of)},"prev_sha256":"${head.sha256.toString('hex')}","seq":${seq}}`
  return { seq, entry, sha256: createHash('sha256').update(entry).digest() }
}

function chainOf(all: readonly unknown[]): LogEntry[] {
  let head: LogHead = emptyLog
  return all.map((body, i) => {
    const entry = nextEntry(head, { exam_id, kind: 'accepted', at: new Date(i).toISOString(), body })
    head = entry
    return entry
  })
}

function firstComplaint(chain: readonly LogEntry[]): number | null {
  let head: LogHead = emptyLog
  for (const [i, entry] of chain.entries()) {
    if (complaintAbout(head, entry, exam_id) !== null) return i
    head = entry
  }
  return null
}

test('a log as it was written is intact', () => {
  fc.assert(
    fc.property(bodies, (all) => {
      expect(firstComplaint(chainOf(all))).toBeNull()
    }),
  )
})

test('a change, a loss, an exchange of entries is seen where it happened, or at the next one', () => {
  fc.assert(
    fc.property(bodies, fc.nat(), fc.constantFrom('text', 'loss', 'exchange', 'rehashed'), (all, at, sin) => {
      const chain = chainOf([...all, { last: true }])
      const i = at % (chain.length - 1)
      const spoiled = [...chain]
      if (sin === 'text') spoiled[i] = { ...chain[i]!, entry: chain[i]!.entry.replace('"accepted"', '"promised"') }
      else if (sin === 'loss') spoiled.splice(i, 1)
      else if (sin === 'exchange') spoiled.splice(i, 2, chain[i + 1]!, chain[i]!)
      // Whoever also mends the entry's own hash is betrayed by the next one.
      else spoiled[i] = nextEntry({ seq: i, sha256: chain[i - 1]?.sha256 ?? emptyLog.sha256 }, { exam_id, kind: 'swapped', at: '', body: 0 })
      expect(firstComplaint(spoiled)).toBe(sin === 'rehashed' ? i + 1 : i)
    }),
  )
})
