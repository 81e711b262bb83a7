import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface SltRecord {
  readonly kind: 'statement' | 'query'
  readonly sql: string
  readonly fails: boolean
  readonly rowSort: boolean
  readonly expected: readonly string[]
  readonly line: number
}

/** A record's first line; a few follow the SQL before them without a blank line. */
const HEADER = /^(statement (ok|error)|query (error|[TIRB]+)( rowsort)?\s*$)/

/** sqllogictest records of a file, includes in their place. */
export function parseSlt(path: string): readonly SltRecord[] {
  const lines = readFileSync(path, 'utf8').split(/\r?\n/)
  const records: SltRecord[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at] ?? ''
    if (line.trim() === '' || line.startsWith('#')) {
      at += 1
      continue
    }
    const [word = '', ...rest] = line.trim().split(/\s+/)
    if (word === 'include') {
      for (const name of rest) records.push(...parseSlt(join(dirname(path), name)))
      at += 1
      continue
    }
    if (word === 'onlyif') {
      at = endOfRecord(lines, at + 1)
      continue
    }
    if (word === 'statement' || word === 'query') {
      const { record, next } = readRecord(lines, at, word, rest)
      records.push(record)
      at = next
      continue
    }
    at += 1
  }
  return records
}

function endOfRecord(lines: readonly string[], from: number): number {
  let at = from
  while (at < lines.length && (lines[at] ?? '').trim() !== '') at += 1
  return at
}

function readRecord(lines: readonly string[], start: number, kind: 'statement' | 'query', words: readonly string[]) {
  const fails = words[0] === 'error'
  const sql: string[] = []
  let at = start + 1
  // As in sqllogictest-rs, only a blank line behind the first one ends the SQL.
  if ((lines[at] ?? '').trim() === '' && (lines[at + 1] ?? '').trim() !== '') at += 1
  while (
    at < lines.length &&
    lines[at] !== '----' &&
    (lines[at] ?? '').trim() !== '' &&
    !HEADER.test(lines[at] ?? '')
  ) {
    sql.push(lines[at] ?? '')
    at += 1
  }
  const expected: string[] = []
  if (lines[at] === '----') {
    at += 1
    if (fails) {
      while (at < lines.length && !((lines[at] ?? '').trim() === '' && (lines[at + 1] ?? '').trim() === '')) at += 1
    } else {
      while (at < lines.length && (lines[at] ?? '').trim() !== '') {
        expected.push(lines[at] ?? '')
        at += 1
      }
    }
  }
  const record: SltRecord = {
    kind,
    sql: sql.join('\n'),
    fails,
    rowSort: words.includes('rowsort'),
    expected,
    line: start + 1,
  }
  return { record, next: at }
}
