/**
 * The rules on which our `postgres` dialect and DuckDB differ, in the programs that are drawn here: each is written in
 * both. What is not in this file is spelt the same and means the same.
 *
 * Not drawn, because DuckDB differs from the standard or from PostgreSQL in it and has no other spelling of it:
 * - NaN and infinite doubles, division of doubles by zero: DuckDB gives an infinity, PostgreSQL fails the row;
 * - sums of doubles that are not exact: they depend on the order; all doubles here are eighths;
 * - text of doubles and timestamps: digits and fractions are printed differently (`CAST(1.0 AS VARCHAR)`);
 * - ROUND of doubles: PostgreSQL rounds halves to even, DuckDB away from zero;
 * - quotients of decimals: DuckDB gives a DOUBLE, PostgreSQL a DECIMAL with digits of its own rule;
 * - NOT IN of rows: of `(1, NULL) NOT IN (SELECT 2, 2)`, which is true, DuckDB makes NULL, as of any row with a NULL;
 * - correlated IN of rows, GROUPING in a subquery: DuckDB has neither;
 * - derived tables in FROM of a correlated subquery that themselves refer to the query outside: we refuse them;
 * - overflows: both fail, but DuckDB fails the statement and we the row (test/semantics/overflow.test.ts).
 */
export interface Rules {
  /** Quotient of integers, towards zero. DuckDB's `/` gives a DOUBLE. */
  divide(left: string, right: string): string
  /** SUM of BIGINT is an exact number; DuckDB's HUGEINT does not mix with DECIMAL, and 38 digits cut off fractions. */
  sumOfBigint(argument: string, filter: string): string
  /** NULL is the largest value: last in ascending order, first in descending. DuckDB puts it last in both. */
  order(column: string, descending: boolean): string
  /** The rows with `window_start` and `window_end`; those without a time are in no window. Sizes in seconds. */
  tumble(table: string, time: string, size: number): string
  hop(table: string, time: string, slide: number, size: number): string
  /** A row for each element of a list. DuckDB's UNNEST sees the tables before it in a subquery alone. */
  elements(list: string, alias: string, column: string): string
}

const seconds = (count: number): string => `INTERVAL '${count}' SECOND`

export const ours: Rules = {
  divide: (left, right) => `(${left} / ${right})`,
  sumOfBigint: (argument, filter) => `SUM(${argument})${filter}`,
  order: (column, descending) => `${column}${descending ? ' DESC' : ''}`,
  tumble: (table, time, size) => `TUMBLE(${table}, ${time}, ${seconds(size)})`,
  hop: (table, time, slide, size) => `HOP(${table}, ${time}, ${seconds(slide)}, ${seconds(size)})`,
  elements: (list, alias, column) => `UNNEST(ARRAY[${list}]) AS ${alias}(${column})`,
}

const EPOCH = "TIMESTAMP '1970-01-01 00:00:00'"

/** Rows in each of their windows; `more`: a further condition. */
const hopped = (table: string, time: string, slide: number, size: number, more: string): string =>
  `(SELECT * EXCLUDE (back), window_start + ${seconds(size)} AS window_end FROM (SELECT *, ` +
  `time_bucket(${seconds(slide)}, ${time}, ${EPOCH}) - back * ${seconds(slide)} AS window_start ` +
  `FROM ${table}, (SELECT unnest(range(0, ${size / slide})) AS back) WHERE ${time} IS NOT NULL)${more})`

export const duckdb: Rules = {
  divide: (left, right) => `(${left} // ${right})`,
  sumOfBigint: (argument, filter) => `CAST(SUM(${argument})${filter} AS DECIMAL(30, 2))`,
  order: (column, descending) => (descending ? `${column} DESC NULLS FIRST` : `${column} NULLS LAST`),
  tumble: (table, time, size) => duckdb.hop(table, time, size, size),
  hop: (table, time, slide, size) => hopped(table, time, slide, size, ''),
  elements: (list, alias, column) => `LATERAL (SELECT UNNEST([${list}]) AS ${column}) AS ${alias}`,
}

/** The watermark before a row, which DuckDB's tables hold as a column. */
export const WATERMARK = 'watermark_before'

/** A row is not in a window that the watermark before it has reached the end of: there it is late. */
export const duckdbWithoutLate: Rules = {
  ...duckdb,
  tumble: (table, time, size) => duckdbWithoutLate.hop(table, time, size, size),
  hop: (table, time, slide, size) => {
    const onTime = ` WHERE ${WATERMARK} IS NULL OR ${WATERMARK} < window_start + ${seconds(size)}`
    return `(SELECT * EXCLUDE (${WATERMARK}) FROM ${hopped(table, time, slide, size, onTime)})`
  },
}
