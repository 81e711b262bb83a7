import type { PGlite } from '@electric-sql/pglite'
import { textCells } from './compare.ts'
import type { Query, Record } from './parse.ts'

/** What a query gave: its values in the corpus' form and order, or why it failed. */
export type Outcome = readonly string[] | { readonly fails: string }

/** Our codes and PostgreSQL's SQLSTATEs of failures that depend on values. */
const failures: ReadonlyMap<string, string> = new Map([
  ['22012', 'DSD4002'],
  ['22003', 'DSD4003'],
])

/**
 * PostgreSQL itself, in this process. The corpus expects what SQLite gives, whose integers stay integers beside an AVG;
 * where a record differs PostgreSQL is asked, and its answer counts.
 */
export class Postgres {
  readonly #records: readonly Record[]
  #database: Promise<PGlite> | undefined
  #done = 0
  /** Whether it refused a statement that the corpus takes. */
  #lost = false

  /** Of one file, in its order. */
  constructor(records: readonly Record[]) {
    this.#records = records
  }

  async agrees(query: Query, ours: Outcome): Promise<boolean> {
    this.#database ??= import('@electric-sql/pglite').then(({ PGlite }) => PGlite.create())
    const database = await this.#database
    await this.#carryOutBefore(query, database)
    if (this.#lost) return false
    const theirs = await answer(query, database)
    if ('fails' in ours || 'fails' in theirs) {
      return 'fails' in ours && 'fails' in theirs && ours.fails === theirs.fails
    }
    return ours.length === theirs.length && ours.every((value, at) => value === theirs[at])
  }

  async close(): Promise<void> {
    await (await this.#database)?.close()
  }

  async #carryOutBefore(query: Query, database: PGlite): Promise<void> {
    for (let record = this.#records[this.#done]; record !== undefined; record = this.#records[this.#done]) {
      if (record.line >= query.line) return
      this.#done += 1
      if (record.is !== 'statement') continue
      await database.exec(record.sql).catch(() => {
        // SQLite's own SQL: what comes behind it cannot be compared.
        if (!record.fails) this.#lost = true
      })
    }
  }
}

async function answer(query: Query, database: PGlite): Promise<Outcome> {
  try {
    const { rows } = await database.query<unknown[]>(query.sql, [], { rowMode: 'array' })
    return textCells(
      query,
      rows.map(row => row.map(textOf)),
    )
  } catch (error) {
    return { fails: failures.get(sqlState(error)) ?? `SQLSTATE ${sqlState(error)}` }
  }
}

function textOf(value: unknown): string | null {
  if (value === null) return null
  return typeof value === 'boolean' ? (value ? 't' : 'f') : String(value)
}

const sqlState = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
