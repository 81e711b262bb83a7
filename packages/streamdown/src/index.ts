/**
 * Streaming pipelines in TypeScript and SQL, in one process.
 *
 * @module
 */
export {
  Aggregate,
  avg,
  count,
  countDistinct,
  type FoldOptions,
  fold,
  lag,
  max,
  min,
  OverColumn,
  stddev,
  sum,
  variance,
} from './api/aggregates.ts'
export type { ByteSize } from './api/byte-size.ts'
export type { Change } from './api/change.ts'
export type { Order, Ranked } from './api/columns.ts'
export { and, between, eq, gt, gte, isIn, isNotNull, isNull, like, lt, lte, ne, not, or } from './api/conditions.ts'
export { type Guarantee, Sink, type SinkOf, Source, SourceAndSink, type SourceOf } from './api/connector.ts'
export type { DeadLetter } from './api/dead-letter.ts'
export type { Duration } from './api/duration.ts'
export { col, Expression, type Filter, lit, sql } from './api/expression.ts'
export {
  abs,
  add,
  cast,
  ceil,
  coalesce,
  concat,
  div,
  extract,
  floor,
  length,
  lower,
  mod,
  mul,
  neg,
  nullif,
  round,
  sub,
  substring,
  trim,
  truncate,
  tryCast,
  upper,
  when,
} from './api/functions.ts'
export { type Frame, Grouped } from './api/grouped.ts'
export { GroupedTable } from './api/grouped-table.ts'
export { Job } from './api/job.ts'
export type { How, Within } from './api/join.ts'
export { Lookup, lookup } from './api/lookup.ts'
export { Pattern } from './api/match.ts'
export { Memory, memory } from './api/memory.ts'
export { listOf, mapOf, output, value } from './api/process.ts'
export { query } from './api/query.ts'
export { stream, table } from './api/relations.ts'
export {
  connect,
  type KeyedView,
  type LiveJob,
  type LiveStream,
  type Program,
  type Running,
  type RunOptions,
  run,
  type View,
} from './api/run.ts'
export { ColumnType } from './api/schema/column-type.ts'
export { RowType } from './api/schema/row-type.ts'
export { t } from './api/schema/t.ts'
export { type SimulateOptions, Simulation, simulate } from './api/simulate.ts'
export {
  blackhole,
  connector,
  datagen,
  deadLetters,
  file,
  http,
  nexmark,
  print,
  stdin,
  stdout,
  webhook,
} from './api/sources.ts'
export { Stream } from './api/stream.ts'
export { Table } from './api/table.ts'
export type { Mode, StreamOf, TableOf } from './api/types/brand.ts'
export type { Columns, Numeric } from './api/types/row.ts'
export {
  type AggregateOptions,
  aggregateFunction,
  type FunctionOptions,
  SqlFunction,
  scalarFunction,
  tableFunction,
} from './api/user-functions.ts'
export { Windowed } from './api/windowed.ts'
export { cumulate, hop, rows, session, tumble, Window } from './api/windows.ts'
export { RetryableError, StreamdownError } from './errors/error.ts'
export { Decimal } from './values/decimal.ts'
export { Timestamp } from './values/timestamp.ts'
