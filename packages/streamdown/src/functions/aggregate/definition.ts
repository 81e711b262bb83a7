import type { DataType } from '../../types/data-type.ts'
import type { BoundArgument } from '../definition.ts'

/** The settings on which the types of aggregates depend. */
export interface AggregateRules {
  /**
   * AVG of integers: 'same_integer' (Flink: the argument's type, truncated), 'double', 'decimal' (PostgreSQL's NUMERIC).
   * AVG of DECIMAL is DECIMAL, of REAL and DOUBLE a double, whatever is set ('same_integer' keeps REAL).
   */
  readonly avgType: 'same_integer' | 'double' | 'decimal'
  /**
   * SUM of integers: 'flink' (the argument's type), 'postgres' (BIGINT, and DECIMAL(38, 0) of BIGINT), 'bigint' (BIGINT).
   * A sum that does not fit its type is an error of that group, never a wrapped value.
   */
  readonly sumType: 'flink' | 'postgres' | 'bigint'
}

/** An aggregate function. Everything that is said of it anywhere (binder, operators, docs, `dsd functions`) is here. */
export interface AggregateFunction {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly summary: string
  /** How it is written, for documentation: `sum([DISTINCT] numeric)`. */
  readonly usage: string
  /** A query and what it gives, as text; a test runs them. */
  readonly examples: readonly { readonly sql: string; readonly gives: string }[]
  /** Types of the call; undefined when the arguments do not fit. */
  resolve(
    args: readonly BoundArgument[],
    rules: AggregateRules,
  ): { readonly type: DataType; readonly casts?: readonly DataType[] } | undefined
  /** The result over no rows. Default 'null'. */
  readonly ofNothing?: 'null' | 'zero'
  /** It may be NULL even over rows without NULLs (a sample deviation of one row). */
  readonly nullOfRows?: boolean
  /** The result depends on the order in which rows arrive (or on ORDER BY within the call). */
  readonly ordered?: boolean
}

/** An example over one column x (and y): `SELECT call FROM (VALUES ...) AS t(x, y)`. */
export const example = (
  call: string,
  values: string,
  gives: string,
  columns = 'x',
): { sql: string; gives: string } => ({
  sql: `SELECT ${call} FROM (VALUES ${values}) AS t(${columns})`,
  gives,
})

export const isInteger = (type: DataType): boolean =>
  type.is === 'tinyint' || type.is === 'smallint' || type.is === 'int' || type.is === 'bigint'

export const isFloat = (type: DataType): boolean => type.is === 'real' || type.is === 'double'

/** NULL literals have type 'null' and fit everywhere. */
export const isNumeric = (type: DataType): boolean =>
  isInteger(type) || isFloat(type) || type.is === 'decimal' || type.is === 'numeric' || type.is === 'null'

export const isComparable = (type: DataType): boolean => type.is !== 'map'
