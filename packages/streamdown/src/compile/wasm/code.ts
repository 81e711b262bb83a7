import { pushSigned, pushSigned64, pushUnsigned } from './leb128.ts'
import { type Opcode, op, type ValueType, valueTypes } from './opcodes.ts'

const EMPTY_BLOCK = 0x40
const scratch = new DataView(new ArrayBuffer(8))

/** A block that can be branched to: its nesting depth. */
export type Label = number

/** The body of one function while it is written. Labels are absolute depths, so code may be emitted at any nesting. */
export class Code {
  readonly bytes: number[] = []
  readonly #locals: ValueType[] = []
  readonly #parameters: number
  #depth = 0

  constructor(parameters: number) {
    this.#parameters = parameters
  }

  local(type: ValueType): number {
    this.#locals.push(type)
    return this.#parameters + this.#locals.length - 1
  }

  emit(...instructions: readonly Opcode[]): this {
    for (const instruction of instructions) this.bytes.push(instruction)
    return this
  }

  get(local: number): this {
    this.bytes.push(op.localGet)
    pushUnsigned(this.bytes, local)
    return this
  }

  set(local: number): this {
    this.bytes.push(op.localSet)
    pushUnsigned(this.bytes, local)
    return this
  }

  tee(local: number): this {
    this.bytes.push(op.localTee)
    pushUnsigned(this.bytes, local)
    return this
  }

  i32(value: number): this {
    this.bytes.push(op.i32Const)
    pushSigned(this.bytes, value | 0)
    return this
  }

  i64(value: bigint): this {
    this.bytes.push(op.i64Const)
    pushSigned64(this.bytes, value)
    return this
  }

  f32(value: number): this {
    this.bytes.push(op.f32Const)
    scratch.setFloat32(0, value, true)
    for (let i = 0; i < 4; i++) this.bytes.push(scratch.getUint8(i))
    return this
  }

  f64(value: number): this {
    this.bytes.push(op.f64Const)
    scratch.setFloat64(0, value, true)
    for (let i = 0; i < 8; i++) this.bytes.push(scratch.getUint8(i))
    return this
  }

  /** A load or store with the natural alignment unknown (1): addresses in state are not always aligned. */
  memory(instruction: Opcode, offset = 0): this {
    this.bytes.push(instruction, 0)
    pushUnsigned(this.bytes, offset)
    return this
  }

  call(index: number): this {
    this.bytes.push(op.call)
    pushUnsigned(this.bytes, index)
    return this
  }

  /** Opens a block; `end` it. Its label leads behind its end (of a loop: to its start). */
  open(kind: 'block' | 'loop' | 'if'): Label {
    this.bytes.push(op[kind], EMPTY_BLOCK)
    return this.#enter()
  }

  /** An `if` that leaves a value. */
  openIf(result: ValueType): Label {
    this.bytes.push(op.if, valueTypes[result])
    return this.#enter()
  }

  else(): this {
    this.bytes.push(op.else)
    return this
  }

  end(): this {
    this.#depth -= 1
    this.bytes.push(op.end)
    return this
  }

  br(label: Label): this {
    this.bytes.push(op.br)
    pushUnsigned(this.bytes, this.#depth - label)
    return this
  }

  brIf(label: Label): this {
    this.bytes.push(op.brIf)
    pushUnsigned(this.bytes, this.#depth - label)
    return this
  }

  /** Locals in runs of one type, then the instructions and the closing `end`. */
  finish(): readonly number[] {
    const runs: { type: ValueType; count: number }[] = []
    for (const type of this.#locals) {
      const last = runs.at(-1)
      if (last !== undefined && last.type === type) last.count += 1
      else runs.push({ type, count: 1 })
    }
    const head: number[] = []
    pushUnsigned(head, runs.length)
    for (const { type, count } of runs) {
      pushUnsigned(head, count)
      head.push(valueTypes[type])
    }
    return head.concat(this.bytes, op.end)
  }

  #enter(): Label {
    this.#depth += 1
    return this.#depth
  }
}
