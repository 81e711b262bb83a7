import type { Expression } from '../plan/expressions/expression.ts'
import type { DataType } from '../types/data-type.ts'
import { physicalOf, widthOf } from '../types/physical.ts'
import type { FailedIn } from './compiled.ts'
import { columnsOf, emitExpression } from './emit-expression.ts'
import { pushTruth } from './emit-logic.ts'
import { emitTouches } from './emit-touches.ts'
import { Emitter } from './emitter.ts'
import { Code } from './wasm/code.ts'
import { op } from './wasm/opcodes.ts'

/** Offsets of the frame's words, which the caller fills before `run(base, rows)`. */
export interface FrameLayout {
  /** Per input column read: data at `at`, validity at `at + 4`. */
  readonly columns: readonly { readonly column: number; readonly at: number }[]
  /**
   * Per output: data at `at`, validity at `at + 4`; where `nullable` the code leaves at `at + 8` whether no row of the
   * output is NULL.
   */
  readonly outputs: readonly { readonly at: number; readonly type: DataType; readonly nullable: boolean }[]
  /** Address of the watermarks, and bytes from one row's to the next: 0 where one holds for all. */
  readonly watermarks: number
  readonly stride: number
  /** Room for that one, in the block. */
  readonly watermark: number
  /** Whether texts are touched ahead of the rows that read them. */
  readonly touches: number
  readonly selection: number
  readonly failedRows: number
  readonly failedCodes: number
  /** i32 a failed row: which of `marked` it failed in. */
  readonly failedIn: number
  /** Where the code leaves the number of failed rows. */
  readonly failedCount: number
}

export interface EmittedProjection {
  /** Of `run(base, rows)`, which returns the number of rows in the output. */
  readonly code: Code
  readonly frame: FrameLayout
  readonly emitter: Emitter
  /** What rows may fail in: the operands of the filter's AND, then the outputs. */
  readonly marked: readonly FailedIn[]
  /** Whether it writes the selection; without it every row is in the output. */
  readonly selects: boolean
}

/** One loop over the rows: filter, then outputs; a row that fails is listed and leaves no output. */
export function emitProjection(
  filter: Expression | undefined,
  outputs: readonly Expression[],
  nullable: readonly boolean[],
  timeZone: string,
): EmittedProjection {
  const code = new Code(2)
  const [base, rows] = [0, 1]
  const used = new Set<number>()
  if (filter !== undefined) columnsOf(filter, used)
  for (const output of outputs) columnsOf(output, used)

  let word = 0
  const take = (): number => 4 * word++
  const load = (offset: number): number => {
    const local = code.local('i32')
    code.get(base).memory(op.i32Load, offset).set(local)
    return local
  }
  const locals = new Map<number, { data: number; validity: number }>()
  const columns = [...used].map(column => {
    const at = take()
    take()
    locals.set(column, { data: load(at), validity: nullable[column] === true ? load(at + 4) : 0 })
    return { column, at }
  })
  const targets = outputs.map(() => {
    const at = take()
    take()
    take()
    return { at, data: load(at), validity: load(at + 4), allValid: code.local('i32') }
  })
  for (const { allValid } of targets) code.i32(1).set(allValid)
  const places = {
    watermarks: take(),
    stride: take(),
    touches: take(),
    selection: take(),
    failedRows: take(),
    failedCodes: take(),
    failedIn: take(),
    failedCount: take(),
  }
  const selection = load(places.selection)
  const failedRows = load(places.failedRows)
  const watermarks = { data: load(places.watermarks), stride: load(places.stride) }
  const touches = load(places.touches)
  const failedCodes = load(places.failedCodes)
  const failedIn = load(places.failedIn)

  const row = code.local('i32')
  const count = code.local('i32')
  const failed = code.local('i32')
  const expressions = filter === undefined ? outputs : [filter, ...outputs]
  const e = new Emitter({
    code,
    base,
    row,
    frameBytes: 4 * word,
    timeZone,
    nullable,
    watermarks,
    columns: locals,
    expressions,
  })

  const next = code.open('loop')
  emitTouches(e, expressions, { columns: locals, rows, wanted: touches })
  const done = code.open('block')
  const fail = code.open('block')
  const nullables: boolean[] = []
  let selects = filter !== undefined
  const conditions = filter === undefined ? [] : operandsOf(filter)
  const marked: readonly FailedIn[] = [
    ...conditions.map(of => ({ is: 'condition', of }) as const),
    ...outputs.map(of => ({ is: 'output', of }) as const),
  ]
  e.failingTo(fail, () => {
    for (const [i, condition] of conditions.entries()) {
      e.marking(i)
      pushTruth(e, emitExpression(e, condition))
      code.emit(op.i32Eqz).brIf(done)
    }
    for (const [i, output] of outputs.entries()) {
      e.marking(conditions.length + i)
      const target = targets[i]
      const operand = emitExpression(e, output)
      nullables.push(operand.valid !== true)
      if (target === undefined) continue
      if (output.type.is !== 'null') {
        const width = widthOf(physicalOf(output.type))
        code.get(target.data).get(count)
        if (width > 1) code.i32(width).emit(op.i32Mul)
        code.emit(op.i32Add)
        e.storeAt(e.store(), operand)
      }
      if (operand.valid !== true) {
        code.get(target.validity).get(count).emit(op.i32Add).get(operand.valid).memory(op.i32Store8)
        code.get(target.allValid).get(operand.valid).emit(op.i32And).set(target.allValid)
      }
    }
  })
  selects ||= e.fallible
  if (selects) code.get(selection).get(count).i32(4).emit(op.i32Mul, op.i32Add).get(row).memory(op.i32Store)
  code.get(count).i32(1).emit(op.i32Add).set(count)
  code.br(done)
  code.end()
  code.get(failedRows).get(failed).i32(4).emit(op.i32Mul, op.i32Add).get(row).memory(op.i32Store)
  code.get(failedCodes).get(failed).emit(op.i32Add).get(e.error).memory(op.i32Store8)
  code
    .get(failedIn)
    .get(failed)
    .i32(4)
    .emit(op.i32Mul, op.i32Add)
    .get(e.error)
    .i32(8)
    .emit(op.i32ShrS)
    .memory(op.i32Store)
  code.get(failed).i32(1).emit(op.i32Add).set(failed)
  code.end()
  code.get(row).i32(1).emit(op.i32Add).tee(row).get(rows).emit(op.i32LtS).brIf(next)
  code.end()
  code.get(base).get(failed).memory(op.i32Store, places.failedCount)
  for (const { at, allValid } of targets)
    code
      .get(base)
      .get(allValid)
      .memory(op.i32Store, at + 8)
  code.get(count)

  return {
    code,
    frame: {
      columns,
      outputs: outputs.map(({ type }, i) => ({ at: targets[i]?.at ?? 0, type, nullable: nullables[i] === true })),
      ...places,
      watermark: e.reserve(8),
    },
    emitter: e,
    marked,
    selects,
  }
}

/** Conditions that are looked at one after the other, each where those before it are TRUE. */
const operandsOf = (filter: Expression): readonly Expression[] =>
  filter.is === 'call' && filter.name === 'and' ? filter.args.flatMap(operandsOf) : [filter]
