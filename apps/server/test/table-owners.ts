/** Which slice writes which table: everybody else reads at most. The test beside this file holds every statement against it. */
export const tablesOf: Record<string, readonly string[]> = {
  db: ['migrations', 'installation_keys'],
  identity: ['principals', 'users', 'sessions', 'api_keys', 'failure_counts', 'guests', 'grader_accounts', 'grader_account_queues'],
  roster: ['enrolments', 'join_codes'],
  courses: ['courses', 'modules', 'steps', 'materials', 'assignments', 'questions', 'question_versions', 'test_cases', 'assignment_questions'],
  queue: ['queues', 'queue_shares', 'queue_turns', 'grading_jobs', 'graders_seen'],
  progress: ['progress', 'completions', 'certificates'],
  submissions: [
    'attempt_counters',
    'submissions',
    'submission_files',
    'submission_voids',
    'forgiven_attempts',
    'runs',
    'results',
    'test_results',
    'score_events',
    'scores',
  ],
  grading: ['lms_submissions', 'lms_files'],
  depository: ['exams', 'candidates', 'upload_codes', 'exam_logs', 'exam_log_entries', 'receipts'],
  outbox: ['callbacks'],
  audit: ['audit_events', 'error_events'],
}

export interface Touch {
  table: string
  writes: boolean
}

const writing = [
  /\b(?:insertInto|updateTable|deleteFrom|mergeInto)\(\s*['"`](\w+)/g,
  /\binsert\s+into\s+(\w+)/gi,
  /\bupdate\s+(?:only\s+)?(\w+)(?:\s+(?:as\s+)?\w+)?\s+set\b/gi,
  /\b(?:delete\s+from|truncate(?:\s+table)?|merge\s+into|copy)\s+(?:only\s+)?(\w+)/gi,
]
const reading = [
  /\b(?:selectFrom|innerJoin|leftJoin|rightJoin|fullJoin|crossJoin|using)\(\s*\[?['"`](\w+)/g,
  /\b(?:from|join|using)\s+(?:only\s+)?(\w+)/gi,
]

/** Every table of `known` that the statements in a source text name, and whether they write it. Comments do not count. */
export function touchesOf(source: string, known: ReadonlySet<string>): Touch[] {
  const text = source.replace(/\/\*(?![^*]*\*\/\s*(?:select|insert|update|delete|with))[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const found = (patterns: RegExp[], writes: boolean): Touch[] =>
    patterns
      .flatMap((pattern) => [...text.matchAll(pattern)].map(([, table]) => ({ table: table!.toLowerCase(), writes })))
      .filter(({ table }) => known.has(table))
  return [...found(writing, true), ...found(reading, false)]
}

/** What is wrong with a slice's source: sentences, none where it keeps to its own tables and reads only those below. */
export function sinsOf(slice: string, source: string, floors: readonly (readonly string[])[]): string[] {
  const ownerOf = new Map(Object.entries(tablesOf).flatMap(([owner, tables]) => tables.map((table) => [table, owner] as const)))
  const floorOf = (name: string): number => floors.findIndex((names) => names.includes(name))
  return touchesOf(source, new Set(ownerOf.keys())).flatMap(({ table, writes }) => {
    const owner = ownerOf.get(table)!
    if (owner === slice) return []
    if (writes) return [`${slice} writes ${table}, which belongs to ${owner}`]
    return floorOf(owner) < floorOf(slice) ? [] : [`${slice} reads ${table}, which belongs to ${owner} above or beside it`]
  })
}
