import { type Batch, CHUNK_ROWS, type Column, NO_WATERMARK, type Pointer } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { takeRows } from '../batch/select.ts'
import { batchFromRows, rowsOf } from '../batch/values.ts'
import { writeView } from '../batch/views.ts'
import { RowError } from '../functions/definition.ts'
import type { Expression } from '../plan/expressions/expression.ts'
import type { OperatorContext } from '../run/operator-context.ts'
import type { Schema } from '../types/data-type.ts'
import { physicalOf, widthOf } from '../types/physical.ts'
import type { Value } from '../types/value.ts'
import type { CompiledProjection, FailedIn, FailedRows } from './compiled.ts'
import { type EmittedProjection, emitProjection } from './emit-projection.ts'
import type { ComputeRows, RowsBody } from './emitter.ts'
import { hostFunction, type Messages, rowFunction } from './host-functions.ts'
import { createRun, type Imports } from './run-code.ts'

export interface ProjectionSpec {
  readonly input: Schema
  /** A BOOLEAN expression; rows where it is not TRUE are left out. */
  readonly filter?: Expression | undefined
  readonly outputs: readonly Expression[]
  readonly context: OperatorContext
  /** Instructions that are interpreted before it is compiled; tests set it. */
  readonly interpreted?: number
}

/**
 * Compiles a filter and projection into one loop of WebAssembly. Outputs that are plain columns are handed on without
 * a copy where no row is left out. Its constants lie in the accounted memory until `free`.
 */
export function compileProjection({
  input,
  filter,
  outputs,
  context,
  interpreted,
}: ProjectionSpec): CompiledProjection {
  const isPassed = (output: Expression): boolean => filter === undefined && output.is === 'column'
  const computed = outputs.filter(output => !isPassed(output))
  const passed = outputs.flatMap(output => (isPassed(output) && output.is === 'column' ? [output.index] : []))
  const messages: Messages = new Map()
  const nullable = input.map(field => field.nullable)
  const make = (flags: readonly boolean[]): Loop =>
    createLoop(emitProjection(filter, computed, flags, context.timeZone), context, messages, interpreted)
  let general: Loop | undefined
  let withoutNulls: Loop | undefined
  const { memory } = context

  return {
    run(batch) {
      if (batch.rows === 0 || (filter === undefined && computed.length === 0)) return unchanged(memory, batch, outputs)
      const hasNulls = nullable.some((flag, i) => flag && batch.columns[i]?.validity !== 0)
      let loop: Loop
      if (hasNulls) loop = general ??= make(nullable)
      else loop = withoutNulls ??= make(nullable.map(() => false))
      const result = loop.run(batch)
      const { count, selection } = result
      const all = count === batch.rows
      const source: Batch = { ...batch, columns: passed.map(index => columnAt(batch, index)) }
      const carried = all ? source : takeRows(memory, source, selection, count)
      let next = 0
      let nextPassed = 0
      const columns = outputs.map(output => {
        const column = isPassed(output) ? carried.columns[nextPassed++] : result.columns[next++]
        if (column === undefined) throw new TypeError('an output column is missing')
        return column
      })
      return { output: { ...carried, columns, rows: count }, selection, failed: result.failed }
    },
    free() {
      general?.free()
      withoutNulls?.free()
      general = undefined
      withoutNulls = undefined
    },
  }
}

const noFailures: FailedRows = { count: 0, rows: 0, codes: 0, messages: new Map() }

function columnAt(batch: Batch, index: number): Column {
  const column = batch.columns[index]
  if (column === undefined) throw new TypeError(`the batch has no column ${index}`)
  return column
}

/** No rows, or nothing but columns that are handed on. */
function unchanged(memory: Memory, batch: Batch, outputs: readonly Expression[]) {
  const columns = outputs.map(output =>
    output.is === 'column' && batch.rows > 0
      ? columnAt(batch, output.index)
      : { type: output.type, validity: 0, data: 0 },
  )
  return {
    output: { ...batch, columns },
    selection: batch.rows === 0 ? 0 : sharedOf(memory, batch.rows).sequence,
    failed: noFailures,
  }
}

interface Loop {
  free(): void
  run(batch: Batch): {
    readonly count: number
    readonly columns: readonly Column[]
    readonly selection: Pointer
    readonly failed: FailedRows
  }
}

function createLoop(
  emitted: EmittedProjection,
  context: OperatorContext,
  messages: Messages,
  interpreted: number | undefined,
): Loop {
  const { frame, emitter, marked, selects } = emitted
  const { memory } = context
  const base = memory.alloc(emitter.blockBytes)
  const watermark = base + frame.watermark
  writeConstants(memory, base, emitter)
  const bodies = emitter.hostCalls.map(({ body }) => (body === undefined ? undefined : computerOf(body, context)))
  const rowFunctions = emitter.rowCalls.map(call => rowFunction(call, base, context, messages))
  const functions: Imports = {
    kernels: memory.kernels,
    host: Object.fromEntries([
      ...emitter.hostCalls.map((call, i) => {
        const compute = bodies[i]?.compute ?? noRows
        return [`f${i}`, hostFunction(call, base, context, messages, compute)] as const
      }),
      ...rowFunctions.map(({ call }, i) => [`row${i}`, call] as const),
    ]),
    math: Object.fromEntries(emitter.directImports),
  }
  const runCode = createRun(emitted.code, emitter.module, functions, memory, interpreted)
  const { fallible } = emitter
  const hostsRows = rowFunctions.length > 0
  // Of a batch like the last one. Texts of rows that a filter leaves out are mostly not looked at.
  let touches = true

  return {
    run(batch) {
      const { rows } = batch
      messages.clear()
      const columns = frame.outputs.map(({ type, nullable }) => ({
        type,
        data: memory.chunk(rows * widthOf(physicalOf(type))),
        validity: nullable ? memory.chunk(rows) : 0,
      }))
      const shared = sharedOf(memory, rows)
      const selection = selects ? memory.chunk(rows * 4) : shared.sequence
      const failedRows = fallible ? memory.chunk(rows * 4) : 0
      const failedCodes = fallible ? memory.chunk(rows) : 0
      const failedIn = fallible ? memory.chunk(rows * 4) : 0
      const view = memory.view()
      for (const { column, at } of frame.columns) {
        const { data, validity } = columnAt(batch, column)
        view.setUint32(base + at, data, true)
        view.setUint32(base + at + 4, validity === 0 ? shared.ones : validity, true)
      }
      for (const [i, { at }] of frame.outputs.entries()) {
        view.setUint32(base + at, columns[i]?.data ?? 0, true)
        view.setUint32(base + at + 4, columns[i]?.validity ?? 0, true)
      }
      view.setUint32(base + frame.watermarks, batch.watermarks === 0 ? watermark : batch.watermarks, true)
      view.setUint32(base + frame.stride, batch.watermarks === 0 ? 0 : 8, true)
      view.setBigInt64(watermark, batch.watermark, true)
      view.setUint32(base + frame.touches, touches ? 1 : 0, true)
      view.setUint32(base + frame.selection, selection, true)
      view.setUint32(base + frame.failedRows, failedRows, true)
      view.setUint32(base + frame.failedCodes, failedCodes, true)
      view.setUint32(base + frame.failedIn, failedIn, true)
      if (hostsRows) for (const { start } of rowFunctions) start(batch)
      const count = runCode(base, rows)
      touches = count * 2 >= rows
      if (hostsRows) for (const { stop } of rowFunctions) stop()
      const after = memory.view()
      const failedCount = fallible ? after.getUint32(base + frame.failedCount, true) : 0
      // What follows runs faster over columns that say that they hold no NULL.
      const found = columns.map((column, i) =>
        column.validity !== 0 && after.getUint32(base + (frame.outputs[i]?.at ?? 0) + 8, true) !== 0
          ? { ...column, validity: 0 }
          : column,
      )
      const failed =
        failedCount === 0
          ? noFailures
          : {
              ...failures(memory, failedCount, failedRows, failedCodes, messages),
              failedIn: Array.from(memory.i32(failedIn, failedCount), mark => markOf(marked, mark)),
            }
      return { count, columns: found, selection, failed }
    },
    free() {
      for (const body of bodies) body?.free()
      memory.free(base)
    },
  }
}

interface RowsComputer {
  readonly compute: ComputeRows
  free(): void
}

const noRows: ComputeRows = () => {
  throw new TypeError('this function has no body')
}

/** Computes an expression over rows of values, while a batch is under way: what it takes of the memory it gives back. */
function computerOf({ schema, value }: RowsBody, context: OperatorContext): RowsComputer {
  const { memory } = context
  let projection: CompiledProjection | undefined
  const computeChunk = (rows: readonly (readonly Value[])[]): readonly Value[] => {
    const mark = memory.mark()
    try {
      projection ??= compileProjection({ input: schema, outputs: [value], context })
      const batch = batchFromRows(memory, schema, rows, { firstOrdinal: 0n, watermark: NO_WATERMARK })
      const { output, failed } = projection.run(batch)
      if (failed.count > 0) {
        throw new RowError(
          memory.u8(failed.codes, 1)[0] ?? 0,
          failed.messages.get(0) ?? 'the expression of an element fails',
        )
      }
      return rowsOf(memory, output).map(([result]) => result ?? null)
    } finally {
      memory.release(mark)
    }
  }
  return {
    compute(rows) {
      const results: Value[] = []
      // Never more rows than a chunk: what chunks share does not move under the batch around.
      for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
        results.push(...computeChunk(rows.slice(from, from + CHUNK_ROWS)))
      }
      return results
    },
    free: () => projection?.free(),
  }
}

function markOf(marked: readonly FailedIn[], mark: number): FailedIn {
  const found = marked[mark]
  if (found === undefined) throw new TypeError(`a row failed in expression ${mark} of ${marked.length}`)
  return found
}

function failures(memory: Memory, count: number, rows: Pointer, codes: Pointer, byRow: Messages): FailedRows {
  const messages = new Map<number, string>()
  if (byRow.size > 0) {
    for (const [position, row] of memory.i32(rows, count).entries()) {
      const message = byRow.get(row)
      if (message !== undefined) messages.set(position, message)
    }
  }
  return { count, rows, codes, messages }
}

function writeConstants(memory: Memory, base: Pointer, { blockBytes, constants }: EmittedProjection['emitter']): void {
  memory.u8(base, blockBytes).fill(0)
  for (const constant of constants) {
    const { offset, bytes } = constant
    if (constant.is === 'bytes') {
      memory.u8(base + offset, bytes.length).set(bytes)
      continue
    }
    memory.u8(base + constant.data, bytes.length).set(bytes)
    writeView(memory, base + offset, base + constant.data, bytes.length)
  }
}

interface Shared {
  /** Bytes of 1, one a row: validity of a column without NULLs. */
  readonly ones: Pointer
  /** 0, 1, 2 ... as i32: the selection of all rows. */
  readonly sequence: Pointer
  readonly rows: number
}

const sharedByMemory = new WeakMap<Memory, Shared>()

function sharedOf(memory: Memory, rows: number): Shared {
  const known = sharedByMemory.get(memory)
  if (known !== undefined && known.rows >= rows) return known
  if (known !== undefined) {
    memory.free(known.ones)
    memory.free(known.sequence)
  }
  const size = Math.max(CHUNK_ROWS, 2 ** Math.ceil(Math.log2(Math.max(rows, 1))))
  const made = { ones: memory.alloc(size), sequence: memory.alloc(size * 4), rows: size }
  memory.u8(made.ones, size).fill(1)
  const sequence = memory.i32(made.sequence, size)
  for (let i = 0; i < size; i++) sequence[i] = i
  sharedByMemory.set(memory, made)
  return made
}
