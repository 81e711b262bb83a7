import { NO_WATERMARK } from '../batch/batch.ts'
import { createMemory } from '../batch/linear-memory.ts'
import { batchFromRows, rowsOf } from '../batch/values.ts'
import { evaluateConstant } from '../compile/constant.ts'
import { compileProjection } from '../compile/projection.ts'
import { StreamdownError } from '../errors/error.ts'
import { failureCode, isRowError } from '../errors/table.ts'
import type { Expression } from '../plan/expressions/expression.ts'
import { type Clock, SeededRandom } from '../run/clock.ts'
import type { OperatorContext } from '../run/operator-context.ts'
import type { Settings } from '../sql/settings.ts'
import { type Field, type Schema, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'

/** Evaluates constants, and expressions over the few rows of RETURNING, CHECK and ON CONFLICT, in a memory of its own. */
export class Evaluator {
  readonly #clock: Clock
  readonly #random: SeededRandom
  readonly #settings: () => Settings
  #memory: OperatorContext['memory'] | undefined

  constructor(clock: Clock, seed: number, settings: () => Settings) {
    this.#clock = clock
    this.#random = new SeededRandom(seed)
    this.#settings = settings
  }

  /** Undefined where it fails: then the rows that reach it fail, which may be none. */
  constant(expression: Expression): Value | undefined {
    try {
      return evaluateConstant(expression, this.#context())
    } catch (error) {
      if (error instanceof StreamdownError && isRowError(error.code)) return undefined
      throw error
    }
  }

  /** @throws StreamdownError with the code of the first expression that fails. */
  readonly overRow = (expressions: readonly Expression[], row: readonly Value[]): readonly Value[] => {
    const context = this.#context()
    const { memory } = context
    const schema = schemaOf(expressions, row.length)
    const mark = memory.mark()
    try {
      const read = row.map((value, at) => (schema[at]?.type.is === 'null' ? null : value))
      const input = batchFromRows(memory, schema, [read], { firstOrdinal: 0n, watermark: NO_WATERMARK })
      const { output, failed } = compileProjection({ input: schema, outputs: expressions, context }).run(input)
      if (failed.count > 0) {
        const byte = memory.u8(failed.codes, 1)[0] ?? 0
        throw new StreamdownError(failureCode(byte), failed.messages.get(0) ?? 'An expression failed.')
      }
      return rowsOf(memory, output)[0] ?? []
    } finally {
      memory.release(mark)
    }
  }

  #context(): OperatorContext {
    this.#memory ??= createMemory()
    const settings = this.#settings()
    return {
      memory: this.#memory,
      table: () => {
        throw new StreamdownError('DSD9002', 'Expressions of a session keep no state.')
      },
      timeZone: settings.timezone,
      settings,
      now: () => this.#clock.now(),
      random: () => this.#random.next(),
      seed: 0,
      newestEventTime: () => NO_WATERMARK,
    }
  }
}

/** The columns that expressions read, by index; unread ones are not looked at. */
function schemaOf(expressions: readonly Expression[], width: number): Schema {
  const schema: Field[] = Array.from({ length: width }, () => ({ name: '', type: types.null, nullable: true }))
  const seek = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) seek(each)
    else if (node !== null && typeof node === 'object') {
      const column = node as Partial<Extract<Expression, { is: 'column' }>>
      if (column.is === 'column' && column.index !== undefined && column.type !== undefined) {
        schema[column.index] = { name: column.name ?? '', type: column.type, nullable: true }
      } else for (const each of Object.values(node)) seek(each)
    }
  }
  seek(expressions)
  return schema
}
