import type { FunctionContext } from '../functions/definition.ts'
import type { Expression, LambdaExpression } from '../plan/expressions/expression.ts'
import { type DataType, type Schema, types } from '../types/data-type.ts'
import { isView, physicalOf, widthOf } from '../types/physical.ts'
import type { Value } from '../types/value.ts'
import { ExpressionNumbers } from './expression-numbers.ts'
import { localTypes, type Operand, type Valid } from './operand.ts'
import { SharedSplits } from './shared-splits.ts'
import type { Code, Label } from './wasm/code.ts'
import { ModuleBuilder } from './wasm/module.ts'
import { op, type ValueType } from './wasm/opcodes.ts'

/** An expression over rows that are not the batch's. */
export interface RowsBody {
  readonly schema: Schema
  readonly value: Expression
}

/** Computes a body for rows; throws RowError where it fails. */
export type ComputeRows = (rows: readonly (readonly Value[])[]) => readonly Value[]

/** A function that emitted code calls back: how its arguments come and where its result goes. */
export interface HostCall {
  readonly call: (args: readonly Value[], context: FunctionContext, compute: ComputeRows) => Value
  /** What `call` may compute for rows of its own. */
  readonly body?: RowsBody
  /** A constant is not handed over row by row: `literal` is its value, and `parts` 0. */
  readonly args: readonly {
    readonly type: DataType
    readonly parts: number
    readonly flag: boolean
    readonly literal?: Value
  }[]
  readonly returns: DataType
  /** Offset of its result from the block's base. */
  readonly slot: number
}

export interface RowCall {
  readonly lambda: LambdaExpression
  readonly slot: number
}

/** Bytes that must stand in the block before the code runs. */
export type Constant =
  | { readonly is: 'bytes'; readonly offset: number; readonly bytes: Uint8Array }
  /** A view of bytes that stand at `data` in the block when they do not fit into it. */
  | { readonly is: 'view'; readonly offset: number; readonly bytes: Uint8Array; readonly data: number }

/**
 * Writes the body of the row loop. The block at `base` holds the frame (addresses of the batch), result slots and
 * constants; its layout grows while code is written.
 */
export class Emitter {
  readonly code: Code
  readonly module = new ModuleBuilder()
  readonly base: number
  readonly row: number
  readonly error: number
  readonly hostCalls: HostCall[] = []
  readonly rowCalls: RowCall[] = []
  readonly directImports = new Map<string, (...args: number[]) => number>()
  readonly constants: Constant[] = []
  readonly timeZone: string
  readonly #watermarks: { readonly data: number; readonly stride: number }
  #fallible = false
  #marks = 0
  #reserved: number
  readonly #columns: ReadonlyMap<number, { readonly data: number; readonly validity: number }>
  readonly #nullable: readonly boolean[]
  readonly numbers = new ExpressionNumbers()
  readonly splits: SharedSplits
  /** Columns by index and expressions by minus their number that have a value here; inner scopes end with their branch. */
  readonly #scopes: Map<number, Operand>[] = [new Map()]
  readonly #failTargets: Label[] = []

  constructor(options: {
    readonly code: Code
    readonly base: number
    readonly row: number
    readonly frameBytes: number
    readonly timeZone: string
    readonly nullable: readonly boolean[]
    readonly watermarks: { readonly data: number; readonly stride: number }
    readonly columns: ReadonlyMap<number, { readonly data: number; readonly validity: number }>
    /** All that is evaluated for a row. */
    readonly expressions: readonly Expression[]
  }) {
    this.code = options.code
    this.base = options.base
    this.row = options.row
    this.timeZone = options.timeZone
    this.#reserved = options.frameBytes
    this.#columns = options.columns
    this.#watermarks = options.watermarks
    this.#nullable = options.nullable
    this.splits = new SharedSplits(options.expressions, this.numbers)
    this.error = this.code.local('i32')
  }

  /** Bytes of the block at `base`. */
  get blockBytes(): number {
    return this.#reserved
  }

  /** Whether any row can fail. */
  get fallible(): boolean {
    return this.#fallible
  }

  /** Room in the block, 16-byte aligned; its offset. */
  reserve(bytes: number): number {
    const at = (this.#reserved + 15) & ~15
    this.#reserved = at + bytes
    return at
  }

  locals(type: DataType): number[] {
    return localTypes(type).map(t => this.code.local(t))
  }

  /** An i32 local with what is on the stack. */
  store(type: ValueType = 'i32'): number {
    const local = this.code.local(type)
    this.code.set(local)
    return local
  }

  /** Pushes `base + offset`. */
  address(offset: number): Code {
    return this.code.get(this.base).i32(offset).emit(op.i32Add)
  }

  nullOf(type: DataType): Operand {
    return { type, valid: this.code.local('i32'), values: this.locals(type), literal: null }
  }

  /** What was remembered on every way that leads here. */
  recall(key: number): Operand | undefined {
    for (const scope of this.#scopes) {
      const known = scope.get(key)
      if (known !== undefined) return known
    }
    return undefined
  }

  remember(key: number, operand: Operand): void {
    this.#scopes.at(-1)?.set(key, operand)
  }

  isNullable(index: number): boolean {
    return this.#nullable[index] === true
  }

  column(index: number, type: DataType): Operand {
    const known = this.recall(index)
    if (known !== undefined) return known
    const column = this.#columns.get(index)
    if (column === undefined) throw new Error(`column ${index} was not collected`)
    const { code } = this
    let valid: Valid = true
    if (this.isNullable(index)) {
      code.get(column.validity).get(this.row).emit(op.i32Add).memory(op.i32Load8U)
      valid = this.store()
    }
    const width = widthOf(physicalOf(type))
    code.get(column.data).get(this.row)
    if (width > 1) code.i32(width).emit(op.i32Mul)
    code.emit(op.i32Add)
    const loaded: Operand = { type, valid, values: this.load(type) }
    this.remember(index, loaded)
    return loaded
  }

  /** The watermark of the rows before this one, NULL before the first. */
  watermark(type: DataType): Operand {
    const { code } = this
    const { data, stride } = this.#watermarks
    code.get(data).get(this.row).get(stride).emit(op.i32Mul, op.i32Add).memory(op.i64Load)
    const value = this.store('i64')
    code
      .get(value)
      .i64(-(2n ** 63n))
      .emit(op.i64Ne)
    return { type, valid: this.store(), values: [value] }
  }

  /** Takes an address from the stack and gives the value there. */
  load(type: DataType): number[] {
    const { code } = this
    const physical = physicalOf(type)
    if (isView(physical)) return [this.store()]
    const values = this.locals(type)
    const [low = 0, high] = values
    switch (physical) {
      case 'bool':
        code.memory(op.i32Load8U).set(low)
        break
      case 'i8':
        code.memory(op.i32Load8S).set(low)
        break
      case 'i16':
        code.memory(op.i32Load16S).set(low)
        break
      case 'i32':
        code.memory(op.i32Load).set(low)
        break
      case 'i64':
        code.memory(op.i64Load).set(low)
        break
      case 'f32':
        code.memory(op.f32Load).set(low)
        break
      case 'f64':
        code.memory(op.f64Load).set(low)
        break
      case 'i128':
      case 'interval': {
        if (high === undefined) {
          code.memory(op.i64Load).set(low)
          break
        }
        const at = this.store()
        code.get(at).memory(op.i64Load).set(low)
        code.get(at).memory(op.i64Load, 8).set(high)
        break
      }
    }
    return values
  }

  /** Stores the value (its validity aside) at the address in the local `at`. */
  storeAt(at: number, operand: Operand): void {
    const { code } = this
    const [low = 0] = operand.values
    switch (physicalOf(operand.type)) {
      case 'bool':
      case 'i8':
        code.get(at).get(low).memory(op.i32Store8)
        break
      case 'i16':
        code.get(at).get(low).memory(op.i32Store16)
        break
      case 'i32':
        code.get(at).get(low).memory(op.i32Store)
        break
      case 'i64':
        code.get(at).get(low).memory(op.i64Store)
        break
      case 'f32':
        code.get(at).get(low).memory(op.f32Store)
        break
      case 'f64':
        code.get(at).get(low).memory(op.f64Store)
        break
      case 'i128':
      case 'interval':
        code.get(at).get(low).memory(op.i64Store)
        code.get(at)
        this.high(operand).memory(op.i64Store, 8)
        break
      case 'view':
      case 'numeric': {
        const from = operand.valid === true ? low : this.#viewOrEmpty(operand.valid, low)
        code.get(at).get(from).memory(op.i64Load).memory(op.i64Store)
        code.get(at).get(from).memory(op.i64Load, 8).memory(op.i64Store, 8)
        break
      }
    }
  }

  /** Readers of a batch may look at the view under a NULL: it must be one. */
  #viewOrEmpty(valid: number, view: number): number {
    this.code.get(view)
    this.address(this.constantView(new Uint8Array(0)))
      .get(valid)
      .emit(op.select)
    return this.store()
  }

  /** Pushes the high half of a 128-bit operand. */
  high(operand: Operand): Code {
    const [low = 0, high] = operand.values
    return high === undefined ? this.code.get(low).i64(63n).emit(op.i64ShrS) : this.code.get(high)
  }

  constantView(bytes: Uint8Array): number {
    const offset = this.reserve(16)
    this.constants.push({ is: 'view', offset, bytes, data: this.reserve(bytes.length) })
    return offset
  }

  constantBytes(bytes: Uint8Array): number {
    const offset = this.reserve(bytes.length)
    this.constants.push({ is: 'bytes', offset, bytes })
    return offset
  }

  /** Valid where all are. */
  allValid(operands: readonly { readonly valid: Valid }[]): Valid {
    const flags = [...new Set(operands.flatMap(({ valid }) => (valid === true ? [] : [valid])))]
    const [first, ...rest] = flags
    if (first === undefined) return true
    if (rest.length === 0) return first
    this.code.get(first)
    for (const flag of rest) this.code.get(flag).emit(op.i32And)
    return this.store()
  }

  /** Runs `body` for rows where `valid` holds; what it loads is not seen behind it. */
  guard(valid: Valid, body: () => void): void {
    if (valid === true) {
      body()
      return
    }
    this.code.get(valid)
    this.when(body)
  }

  /** `if` over the i32 on the stack. */
  when(then: () => void, otherwise?: () => void): void {
    this.code.open('if')
    this.scoped(then)
    if (otherwise !== undefined) {
      this.code.else()
      this.scoped(otherwise)
    }
    this.code.end()
  }

  scoped<T>(body: () => T): T {
    this.#scopes.push(new Map())
    try {
      return body()
    } finally {
      this.#scopes.pop()
    }
  }

  /** Rows that fail in `body` go to `label` with the code in `error`. */
  failingTo(label: Label, body: () => void): void {
    const before = this.#fallible
    this.#failTargets.push(label)
    body()
    this.#failTargets.pop()
    if (this.#failTargets.length > 0) this.#fallible = before
  }

  /** From here on failing rows say, above the byte of the failure in `error`, which of the expressions it is. */
  marking(expression: number): void {
    this.#marks = expression << 8
  }

  fail(failure: number): void {
    this.code.i32(this.#marks | failure).set(this.error)
    this.#branchToFail()
  }

  /** Fails the row when the i32 on the stack is not 0. */
  failIf(failure: number): void {
    this.code.open('if')
    this.fail(failure)
    this.code.end()
  }

  /** Fails the row with the code in the local. */
  failLocal(failure: number): void {
    this.code.get(failure).i32(this.#marks).emit(op.i32Or).set(this.error)
    this.#branchToFail()
  }

  #branchToFail(): void {
    const target = this.#failTargets.at(-1)
    if (target === undefined) throw new Error('no target for failing rows')
    this.#fallible = true
    this.code.br(target)
  }

  /** Copies an operand of the same type into locals made for the type. */
  assign(values: readonly number[], valid: number | undefined, from: Operand): void {
    const [low = 0, high] = values
    this.code.get(from.values[0] ?? 0).set(low)
    if (high !== undefined) this.high(from).set(high)
    if (valid === undefined) return
    if (from.valid === true) this.code.i32(1).set(valid)
    else this.code.get(from.valid).set(valid)
  }

  boolean(valid: Valid): Operand {
    return { type: types.boolean, valid, values: [this.store()] }
  }
}

export type Emit = (emitter: Emitter, expression: Expression) => Operand
