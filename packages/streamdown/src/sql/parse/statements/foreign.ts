/** Statements of Flink about what this engine does not have: they are known, so that the answer says what to do instead. */

import type { ForeignStatement } from '../ast.ts'
import type { Cursor } from '../cursor.ts'
import { isName } from '../names.ts'

const functions = 'Functions are written in SQL or TypeScript: CREATE FUNCTION.'
const jobs = 'A program ends with its views and sinks: DROP them.'
const catalogs = 'There is one catalog; SHOW TABLES and SHOW DATABASES list what is in it.'
const plans = 'A program is planned from its text each time; EXPLAIN shows the plan.'

const known: readonly (readonly [words: string, advice: string])[] = [
  ['CALL', 'There are no procedures here.'],
  ['ADD JAR', functions],
  ['REMOVE JAR', functions],
  ['LOAD MODULE', functions],
  ['UNLOAD MODULE', functions],
  ['USE MODULES', functions],
  ['ANALYZE TABLE', 'Plans need no statistics.'],
  ['DESCRIBE CATALOG', catalogs],
  ['DESC CATALOG', catalogs],
  ['SHOW CREATE CATALOG', catalogs],
  ['DESCRIBE FUNCTION', 'SHOW FUNCTIONS lists those that were created; docs/functions.md has all others.'],
  ['DESC FUNCTION', 'SHOW FUNCTIONS lists those that were created; docs/functions.md has all others.'],
  ['SHOW PARTITIONS', 'Rows of files have their partition in a column.'],
  ['STOP JOB', jobs],
  ['DESCRIBE JOB', jobs],
  ['DESC JOB', jobs],
  ['COMPILE PLAN', plans],
  ['COMPILE AND EXECUTE PLAN', plans],
  ['EXECUTE PLAN', plans],
  ['CREATE MODEL', 'There are no models here.'],
  ['CREATE TEMPORARY MODEL', 'There are no models here.'],
  ['CREATE MATERIALIZED TABLE', 'CREATE MATERIALIZED VIEW is kept up to date with each row.'],
]

export function foreignStatement(c: Cursor): ForeignStatement | undefined {
  const found = known.find(([words]) => {
    const list = words.split(' ')
    const next = c.peek(list.length)
    return c.is(...list) && (isName(next) || next.kind === 'string')
  })
  if (found === undefined) return undefined
  const { start } = c.token
  while (!c.atEnd && !c.is(';')) c.take()
  return { is: 'foreign', what: found[0], advice: found[1], at: c.since(start) }
}
