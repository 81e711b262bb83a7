import { readFileSync } from 'node:fs'

export type ValueType = 'I' | 'R' | 'T'

export interface Statement {
  readonly is: 'statement'
  readonly line: number
  readonly sql: string
  readonly fails: boolean
}

export interface Query {
  readonly is: 'query'
  readonly line: number
  readonly sql: string
  readonly types: readonly ValueType[]
  readonly sort: 'nosort' | 'rowsort' | 'valuesort'
  /** The values, or their number and the MD5 of each followed by a line break. */
  readonly expected: readonly string[] | { readonly count: number; readonly md5: string }
}

export type Record = Statement | Query

const HASHED = /^(\d+) values hashing to ([0-9a-f]{32})$/

/**
 * The records of a file of SQLite's sqllogictest corpus that the named engine runs: `skipif` and `onlyif` are respected,
 * `halt` ends the file.
 */
export function* parseTest(path: string, engine: string): Generator<Record> {
  const lines = readFileSync(path, 'utf8').split(/\r?\n/)
  let skipped = false
  let at = 0
  while (at < lines.length) {
    const line = lines[at] ?? ''
    const [word, first = '', sort = 'nosort'] = line.split(/\s+/)
    at += 1
    if (word === 'skipif') skipped ||= first === engine
    else if (word === 'onlyif') skipped ||= first !== engine
    else if (word === 'halt') {
      if (!skipped) return
      skipped = false
    } else if (word === 'statement' || word === 'query') {
      const end = endOf(lines, at)
      if (!skipped) {
        const body = lines.slice(at, end)
        yield word === 'statement'
          ? { is: 'statement', line: at, sql: body.join('\n'), fails: first === 'error' }
          : queryOf(body, at, first, sort)
      }
      skipped = false
      at = end
    }
  }
}

/** Records end at an empty line. */
function endOf(lines: readonly string[], from: number): number {
  let end = from
  while (end < lines.length && lines[end] !== '') end += 1
  return end
}

function queryOf(body: readonly string[], line: number, types: string, sort: string): Query {
  const separator = body.indexOf('----')
  const sql = separator < 0 ? body : body.slice(0, separator)
  const values = separator < 0 ? [] : body.slice(separator + 1)
  const hashed = HASHED.exec(values[0] ?? '')
  return {
    is: 'query',
    line,
    sql: sql.join('\n'),
    types: [...types].filter(isValueType),
    sort: sort === 'rowsort' || sort === 'valuesort' ? sort : 'nosort',
    expected: hashed === null ? values : { count: Number(hashed[1]), md5: hashed[2] ?? '' },
  }
}

const isValueType = (letter: string): letter is ValueType => letter === 'I' || letter === 'R' || letter === 'T'
