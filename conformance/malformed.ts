import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { StreamdownError } from '../packages/streamdown/src/errors/error.ts'

const SYNTAX = 'DSD1001'

let connection: Promise<DuckDBConnection> | undefined

/**
 * Whether a query that was refused for its syntax is no SQL, rather than SQL that we do not know: DuckDB's parser, which
 * is PostgreSQL's grammar and more, refuses it too. Other statements are not judged, dialects differ in them.
 */
export async function isMalformed(sql: string, error: unknown): Promise<boolean> {
  if (!(error instanceof StreamdownError) || error.code !== SYNTAX || !/^\s*(SELECT|VALUES|WITH)\b/i.test(sql))
    return false
  connection ??= DuckDBInstance.create(':memory:').then(instance => instance.connect())
  try {
    await (await connection).extractStatements(sql)
    return false
  } catch (refusal) {
    return (
      refusal instanceof Error && /^(Parser Error|Failed to extract statements: Parser Error)/i.test(refusal.message)
    )
  }
}
