import { type Batch, NO_WATERMARK } from '../batch/batch.ts'
import { readValue } from '../batch/values.ts'
import { StreamdownError } from '../errors/error.ts'
import { failureCode } from '../errors/table.ts'
import type { Expression } from '../plan/expressions/expression.ts'
import type { OperatorContext } from '../run/operator-context.ts'
import type { Value } from '../types/value.ts'
import { compileProjection } from './projection.ts'

const oneRow: Batch = {
  rows: 1,
  columns: [],
  weights: 0,
  watermarks: 0,
  watermark: NO_WATERMARK,
  ordinals: 0,
  firstOrdinal: 0n,
}

/**
 * The values of expressions that read no column: rows of VALUES, defaults, window sizes. Throws the StreamdownError
 * of the row error where one fails.
 */
export function evaluateConstants(expressions: readonly Expression[], context: OperatorContext): readonly Value[] {
  const results: (Value | undefined)[] = expressions.map(e => (e.is === 'literal' ? e.value : undefined))
  const computed = expressions.filter(e => e.is !== 'literal')
  if (computed.length === 0) return results.map(value => value ?? null)
  const { memory } = context
  const mark = memory.mark()
  const projection = compileProjection({ input: [], outputs: computed, context })
  try {
    const { output, failed } = projection.run(oneRow)
    if (failed.count > 0) throw failure(memory.u8(failed.codes, 1)[0] ?? 0, failed.messages.get(0))
    let next = 0
    return expressions.map((expression, i) => {
      if (expression.is === 'literal') return results[i] ?? null
      const column = output.columns[next++]
      return column === undefined ? null : readValue(memory, column, 0)
    })
  } finally {
    projection.free()
    memory.release(mark)
  }
}

export const evaluateConstant = (expression: Expression, context: OperatorContext): Value =>
  evaluateConstants([expression], context)[0] ?? null

const texts: Readonly<Record<string, string>> = {
  DSD4002: 'Division by zero.',
  DSD4003: 'A number is out of range.',
  DSD4004: 'A value cannot be converted.',
}

function failure(byte: number, message: string | undefined): StreamdownError {
  const code = failureCode(byte)
  return new StreamdownError(code, message ?? texts[code] ?? `An expression failed with code ${byte}.`)
}
