import { createCandidate } from '@gradus/contract/exams'
import { CsvError, parse } from 'csv-parse/sync'
import { uploadCodeIn } from './codes.ts'

export interface CsvRow {
  /** Lines of candidates, from 1. */
  row: number
  nickname: string
  first_name: string
  last_name: string
  email: string | null
  upload_code: string | null
}
export interface RowError {
  /** 0 is the head line, or the text as a whole. */
  row: number
  column: string | null
  value: string
  message: string
}

const required = ['nickname', 'first_name', 'last_name'] as const
const known = [...required, 'email', 'upload_code'] as const
type Column = (typeof known)[number]

/** What is shown of a wrong value. */
const shown = (value: string): string => value.slice(0, 100)

/**
 * Reads candidates from CSV text: a byte order mark, comma, semicolon or tab, CR LF or LF, quoted cells. Values are kept
 * verbatim but for spaces around them. Says of every row what is wrong with it, and what the text says twice.
 */
export function readCandidatesCsv(csv: string, most_rows: number): { rows: CsvRow[]; errors: RowError[] } {
  const whole = (message: string): { rows: CsvRow[]; errors: RowError[] } => ({ rows: [], errors: [{ row: 0, column: null, value: '', message }] })
  const text = csv.replace(/^\ufeff/, '')
  let lines: string[][]
  try {
    lines = parse(text, { delimiter: delimiterOf(text), relax_column_count: true, skip_empty_lines: true, trim: true, to: most_rows + 2 })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return whole(`is no CSV: line ${String(error.lines ?? '?')}: ${error.code}`)
  }
  const [head, ...body] = lines
  if (head === undefined) return whole('has no head line: nickname,first_name,last_name,email')
  if (body.length > most_rows) return whole(`has more than ${most_rows} candidates`)
  const columns = head.map((name) => name.toLowerCase().replace(/[\s-]+/g, '_'))
  const errors: RowError[] = columns.flatMap((name, i) => {
    if (!known.includes(name as Column)) return [{ row: 0, column: shown(head[i]!), value: '', message: `is no column of ours: ${known.join(', ')}` }]
    return columns.indexOf(name) === i ? [] : [{ row: 0, column: name, value: '', message: 'stands there twice' }]
  })
  for (const name of required) if (!columns.includes(name)) errors.push({ row: 0, column: name, value: '', message: 'is missing' })
  if (errors.length > 0) return { rows: [], errors }
  const rows: CsvRow[] = []
  body.forEach((cells, i) => {
    const row = i + 1
    if (cells.length > columns.length)
      errors.push({ row, column: null, value: '', message: `has ${cells.length} cells, the head line ${columns.length}` })
    const value = (name: Column): string => cells[columns.indexOf(name)] ?? ''
    const fields = { nickname: value('nickname'), first_name: value('first_name'), last_name: value('last_name'), email: value('email') || null }
    errors.push(...wrongFields(row, fields), ...wrongCode(row, value('upload_code')))
    rows.push({ row, ...fields, upload_code: uploadCodeIn(value('upload_code')) })
  })
  errors.push(...twice(rows, 'nickname', (one) => one.nickname))
  errors.push(...twice(rows, 'email', (one) => one.email?.toLowerCase() ?? null))
  errors.push(...twice(rows, 'upload_code', (one) => one.upload_code))
  return { rows, errors }
}

/** The separator that the head line has most of. */
function delimiterOf(text: string): string {
  const head = text.split(/\r?\n/, 1)[0]!
  return [',', ';', '\t'].toSorted((a, b) => head.split(b).length - head.split(a).length)[0]!
}

function wrongFields(row: number, fields: Omit<CsvRow, 'row' | 'upload_code'>): RowError[] {
  const parsed = createCandidate.body.safeParse(fields)
  if (parsed.success) return []
  // One complaint for a cell: the first says what to do.
  const first = parsed.error.issues.filter((issue, i, all) => all.findIndex((one) => one.path[0] === issue.path[0]) === i)
  return first.map((issue) => {
    const column = String(issue.path[0] ?? '')
    const value = fields[column as keyof typeof fields] ?? ''
    return { row, column, value: shown(value), message: value === '' ? 'is missing' : issue.message }
  })
}

const wrongCode = (row: number, value: string): RowError[] =>
  value === '' || uploadCodeIn(value) !== null
    ? []
    : [{ row, column: 'upload_code', value: shown(value), message: 'must be 8 to 10 letters A to Z and digits' }]

function twice(rows: readonly CsvRow[], column: string, read: (row: CsvRow) => string | null): RowError[] {
  const first = new Map<string, number>()
  return rows.flatMap((one): RowError[] => {
    const value = read(one)
    if (value === null || value === '') return []
    const before = first.get(value)
    if (before === undefined) first.set(value, one.row)
    return before === undefined ? [] : [{ row: one.row, column, value: shown(value), message: `stands in row ${before} already` }]
  })
}
