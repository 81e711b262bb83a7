/**
 * The rules on which our `postgres` dialect and DuckDB differ, in the programs that are drawn here: each is written in
 * both. What is not in this file is spelt the same and means the same.
 */
export interface Rules {
  /** Quotient of integers, towards zero. DuckDB's `/` gives a DOUBLE. */
  divide(left: string, right: string): string
  /** SUM of BIGINT is an exact number; DuckDB's HUGEINT does not mix with DECIMAL. */
  sumOfBigint(argument: string, filter: string): string
  /** NULL is the largest value: last in ascending order, first in descending. DuckDB puts it last in both. */
  order(column: string, descending: boolean): string
  /** The rows with `window_start` and `window_end`; those without a time are in no window. Sizes in seconds. */
  tumble(table: string, time: string, size: number): string
  hop(table: string, time: string, slide: number, size: number): string
}

const seconds = (count: number): string => `INTERVAL '${count}' SECOND`

export const ours: Rules = {
  divide: (left, right) => `(${left} / ${right})`,
  sumOfBigint: (argument, filter) => `SUM(${argument})${filter}`,
  order: (column, descending) => `${column}${descending ? ' DESC' : ''}`,
  tumble: (table, time, size) => `TUMBLE(${table}, ${time}, ${seconds(size)})`,
  hop: (table, time, slide, size) => `HOP(${table}, ${time}, ${seconds(slide)}, ${seconds(size)})`,
}

const EPOCH = "TIMESTAMP '1970-01-01 00:00:00'"

export const duckdb: Rules = {
  divide: (left, right) => `(${left} // ${right})`,
  sumOfBigint: (argument, filter) => `CAST(SUM(${argument})${filter} AS DECIMAL(38, 0))`,
  order: (column, descending) => (descending ? `${column} DESC NULLS FIRST` : `${column} NULLS LAST`),
  tumble: (table, time, size) => duckdb.hop(table, time, size, size),
  hop: (table, time, slide, size) => `
    (SELECT * EXCLUDE (back), window_start + ${seconds(size)} AS window_end FROM (
      SELECT *, time_bucket(${seconds(slide)}, ${time}, ${EPOCH}) - back * ${seconds(slide)} AS window_start
      FROM ${table}, (SELECT unnest(range(0, ${size / slide})) AS back) WHERE ${time} IS NOT NULL))`,
}
