import type { MemoryOptions } from '../batch/linear-memory.ts'
import { batchFromRows, rowsOf } from '../batch/values.ts'
import type { Expression } from '../plan/expressions/expression.ts'
import type { OperatorContext } from '../run/operator-context.ts'
import { contextOf } from '../sql/bind/context.ts'
import { ExpressionBinder } from '../sql/bind/expressions.ts'
import { Catalog } from '../sql/catalog.ts'
import { parseExpression } from '../sql/parse/parse.ts'
import { type Dialect, presets } from '../sql/settings.ts'
import type { Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { testContext } from './context.fixture.ts'
import { compileProjection } from './projection.ts'

/** Binds the SQL of an expression over columns, for tests. */
export function bindSql(sql: string, schema: Schema, dialect: Dialect = 'flink'): Expression {
  const columns = schema.map(({ name }, index) => ({ name, table: undefined, index, plain: true }))
  const scope = { columns, schema, outer: undefined }
  return new ExpressionBinder(contextOf(new Catalog(), presets[dialect], {}, false), scope).bind(parseExpression(sql))
}

export interface TestResult {
  readonly rows: readonly (readonly Value[])[]
  /** Error byte by input row. */
  readonly failed: ReadonlyMap<number, number>
  /** What was said of it. */
  readonly messages: ReadonlyMap<number, string>
}

type RunOptions = MemoryOptions & {
  readonly filter?: string
  readonly dialect?: Dialect
  readonly timeZone?: string
}

/** Runs outputs (SQL) over rows: compiled, and interpreted to the same results. */
export function runSql(
  schema: Schema,
  rows: readonly (readonly Value[])[],
  outputs: readonly string[],
  options: RunOptions = {},
): TestResult {
  const compiled = runOnce(schema, rows, outputs, options, 0)
  const interpreted = runOnce(schema, rows, outputs, options, Infinity)
  const same = textOfResult(interpreted) === textOfResult(compiled)
  if (!same && !/RAND|UUID/i.test(outputs.join())) {
    throw new Error(`interpreted: ${textOfResult(interpreted)}\ncompiled: ${textOfResult(compiled)}`)
  }
  return compiled
}

const textOfResult = ({ rows, failed, messages }: TestResult): string =>
  JSON.stringify([rows, [...failed], [...messages]], (_, value: unknown) =>
    typeof value === 'bigint' || Object.is(value, -0) || (typeof value === 'number' && !Number.isFinite(value))
      ? `${typeof value} ${Object.is(value, -0) ? '-0' : value}`
      : value,
  )

function runOnce(
  schema: Schema,
  rows: readonly (readonly Value[])[],
  outputs: readonly string[],
  options: RunOptions,
  interpreted: number,
): TestResult {
  const context = contextFor(options)
  const { memory } = context
  const mark = memory.mark()
  const projection = compileProjection({
    input: schema,
    filter: options.filter === undefined ? undefined : bindSql(options.filter, schema, options.dialect),
    outputs: outputs.map(sql => bindSql(sql, schema, options.dialect)),
    context,
    interpreted,
  })
  const { output, failed } = projection.run(batchFromRows(memory, schema, rows))
  const codes = memory.u8(failed.codes, failed.count)
  const failedRows = Array.from(memory.i32(failed.rows, failed.count))
  const result = {
    rows: rowsOf(memory, output),
    failed: new Map(failedRows.map((row, i) => [row, codes[i] ?? 0])),
    messages: new Map([...failed.messages].map(([position, message]) => [failedRows[position] ?? -1, message])),
  }
  memory.release(mark)
  return result
}

const contexts = new Map<string, OperatorContext>()

/** Making a memory takes longer than a test's run: one for equal options. */
function contextFor({
  growAlways = false,
  heapStart = 0,
  timeZone = 'UTC',
}: MemoryOptions & { readonly timeZone?: string }): OperatorContext {
  const key = `${growAlways} ${heapStart} ${timeZone}`
  const known = contexts.get(key)
  if (known !== undefined) return known
  const made = testContext({ growAlways, heapStart, timeZone })
  contexts.set(key, made)
  return made
}
