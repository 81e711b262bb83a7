import type { Batch } from '../batch/batch.ts'
import { writeFixed } from '../batch/fixed.ts'
import type { Memory } from '../batch/memory.ts'
import { encodeViewValue } from '../batch/packed.ts'
import { readValue } from '../batch/values.ts'
import { writeBytes, writeString } from '../batch/views.ts'
import { failures } from '../errors/table.ts'
import { type FunctionContext, RowError } from '../functions/definition.ts'
import type { OperatorContext } from '../run/operator-context.ts'
import type { DataType } from '../types/data-type.ts'
import { isView, physicalOf } from '../types/physical.ts'
import type { Value } from '../types/value.ts'
import { isInRange } from '../values/in-range.ts'
import type { ComputeRows, HostCall, RowCall } from './emitter.ts'

/** What a function said when it failed its row, by the row's index. */
export type Messages = Map<number, string>

type Raw = number | bigint

/** A JavaScript function as emitted code imports it (see `emitHostCall`). */
export function hostFunction(
  { call, args, returns, slot }: HostCall,
  base: number,
  context: OperatorContext,
  messages: Messages,
  compute: ComputeRows,
): (row: number, ...raw: Raw[]) => number {
  const { memory } = context
  const functionContext: FunctionContext = {
    types: args.map(arg => arg.type),
    returns,
    get now() {
      return context.now()
    },
    timeZone: context.timeZone,
    random: () => context.random(),
  }
  const at = base + slot
  return (row, ...raw) => {
    const values: Value[] = []
    let next = 0
    for (const { type, parts, flag, literal } of args) {
      if (literal !== undefined) {
        values.push(literal)
        continue
      }
      const isNull = flag && raw[next++] === 0
      values.push(isNull ? null : readRaw(memory, type, parts, raw[next] ?? 0, raw[next + 1] ?? 0))
      next += parts
    }
    try {
      const value = call(values, functionContext, compute)
      if (value === null) return 0
      if (!isInRange(value, returns)) throw new RowError(failures.overflow, `${returns.is} out of range`)
      writeValue(memory, at, returns, value)
      return 1
    } catch (error) {
      if (error instanceof RowError) {
        messages.set(row, error.message)
        return -error.code
      }
      // What JavaScript refuses about a value (a count or digits out of range) is the row's; the rest is a defect.
      if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error
      messages.set(row, error.message)
      return -failures.argument
    }
  }
}

const ARROW_THREW = 7

/** A TypeScript arrow over the row as emitted code imports it; `start` names the batch of the rows to come. */
export function rowFunction(
  { lambda, slot }: RowCall,
  base: number,
  context: OperatorContext,
  messages: Messages,
): { readonly call: (row: number) => number; readonly start: (batch: Batch) => void; readonly stop: () => void } {
  const { memory } = context
  const reads = lambda.reads ?? [...lambda.input.keys()]
  const values: Value[] = lambda.input.map(() => null)
  let batch: Batch | undefined
  return {
    start(next) {
      batch = next
    },
    stop() {
      batch = undefined
    },
    call(row) {
      try {
        for (const index of reads) {
          const column = batch?.columns[index]
          values[index] = column === undefined ? null : readValue(memory, column, row)
        }
        const value = lambda.arrow(values)
        if (value === null) return 0
        writeValue(memory, base + slot, lambda.type, value)
        return 1
      } catch (error) {
        messages.set(row, error instanceof Error ? error.message : String(error))
        return error instanceof RowError ? -error.code : -ARROW_THREW
      }
    },
  }
}

function readRaw(memory: Memory, type: DataType, parts: number, low: Raw, high: Raw): Value {
  switch (physicalOf(type)) {
    case 'bool':
      return type.is === 'null' ? null : low !== 0
    case 'i128':
      if (parts === 1) return low
      return (BigInt(high) << 64n) | BigInt.asUintN(64, BigInt(low))
    case 'interval': {
      const both = BigInt(low)
      return { months: Number(BigInt.asIntN(32, both)), days: Number(both >> 32n), micros: BigInt(high) }
    }
    case 'view':
    case 'numeric':
      return readValue(memory, { type, validity: 0, data: Number(low) >>> 0 }, 0)
    default:
      return low
  }
}

/** Writes a value of the type at an address; text that does not fit the view goes to chunk memory. */
export function writeValue(memory: Memory, at: number, type: DataType, value: Value): void {
  if (!isView(physicalOf(type))) writeFixed(memory.view(), at, type, value)
  else if (typeof value === 'string') writeString(memory, at, value)
  else writeBytes(memory, at, encodeViewValue(type, value))
}
