import type { Batch } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { takeRows } from '../../batch/select.ts'
import { columnFromValues } from '../../batch/values.ts'
import type { FailedRows } from '../../compile/compiled.ts'
import { StreamdownError } from '../../errors/error.ts'
import { errorTable, failureCode, failures } from '../../errors/table.ts'
import { RowError } from '../../functions/definition.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { Output } from '../operator.ts'

/** Dead letters of an operator: its input's columns, then the code and the message of the error. */
export function deadSchema(input: Schema): Schema {
  return [...input, field('code', types.string, false), field('message', types.string, false)]
}

/** What a TypeScript function threw, as a dead letter says it. */
export function thrown(error: unknown): { readonly code: number; readonly message: string } {
  if (error instanceof RowError) return { code: error.code, message: error.message }
  if (error instanceof StreamdownError && error.code === 'DSD5008')
    return { code: failures.misfit, message: error.message }
  return { code: failures.threw, message: error instanceof Error ? error.message : String(error) }
}

/**
 * The rows that failed go to the side output `dead`, each with its weight: a retraction takes its dead letter back. Those
 * that are wrong from the start, not for what was computed of them, go to `undated`.
 */
export function emitDead(
  memory: Memory,
  schema: Schema,
  input: Batch,
  failed: FailedRows,
  out: Output,
  port: 'dead' | 'undated' = 'dead',
): void {
  if (failed.count === 0) return
  const rows = takeRows(memory, input, failed.rows, failed.count)
  const codes = Array.from(memory.u8(failed.codes, failed.count), failureCode)
  const messages = codes.map((code, row) => failed.messages.get(row) ?? errorTable[code].title)
  const [code, message] = deadSchema(schema).slice(-2)
  if (code === undefined || message === undefined) return
  out.side(port, {
    ...rows,
    columns: [
      ...rows.columns,
      columnFromValues(memory, code.type, codes),
      columnFromValues(memory, message.type, messages),
    ],
  })
}
