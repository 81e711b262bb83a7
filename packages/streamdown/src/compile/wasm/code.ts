import { pushSigned, pushSigned64, pushUnsigned } from './leb128.ts'
import { type Opcode, op, type ValueType, valueTypes } from './opcodes.ts'

const EMPTY_BLOCK = 0x40
const scratch = new DataView(new ArrayBuffer(8))

/** A block that can be branched to: its nesting depth. */
export type Label = number

/** Where a block leads: positions are those of instructions. */
export interface Block {
  readonly kind: 'block' | 'loop' | 'if'
  /** The byte of its type: that of no value, or of the value that it leaves. */
  readonly type: number
  /** Of what follows `else`, or of what follows its end. */
  otherwise: number
  /** Of what a branch to it goes on with. */
  target: number
}

/**
 * The body of one function while it is written. Labels are absolute depths, so code may be emitted at any nesting.
 * It is kept as pairs of an instruction and its immediate: a local, an offset, a function, a 32-bit constant; or the
 * index of a block or of a wide constant. `interpret` runs these, `encode` makes bytes of them.
 */
export class Code {
  readonly instructions: number[] = []
  readonly blocks: Block[] = []
  readonly wide: (number | bigint)[] = []
  readonly #locals: ValueType[] = []
  readonly #parameters: number
  /** The blocks that are open, by depth. */
  readonly #open: number[] = []

  constructor(parameters: number) {
    this.#parameters = parameters
  }

  /** Parameters and locals. */
  get slots(): number {
    return this.#parameters + this.#locals.length
  }

  local(type: ValueType): number {
    this.#locals.push(type)
    return this.#parameters + this.#locals.length - 1
  }

  emit(...instructions: readonly Opcode[]): this {
    for (const instruction of instructions) this.instructions.push(instruction, 0)
    return this
  }

  get(local: number): this {
    return this.#push(op.localGet, local)
  }

  set(local: number): this {
    return this.#push(op.localSet, local)
  }

  tee(local: number): this {
    return this.#push(op.localTee, local)
  }

  i32(value: number): this {
    return this.#push(op.i32Const, value | 0)
  }

  i64(value: bigint): this {
    return this.#push(op.i64Const, this.wide.push(BigInt.asIntN(64, value)) - 1)
  }

  f32(value: number): this {
    return this.#push(op.f32Const, this.wide.push(Math.fround(value)) - 1)
  }

  f64(value: number): this {
    return this.#push(op.f64Const, this.wide.push(value) - 1)
  }

  /** A load or store with the natural alignment unknown (1): addresses in state are not always aligned. */
  memory(instruction: Opcode, offset = 0): this {
    return this.#push(instruction, offset)
  }

  call(index: number): this {
    return this.#push(op.call, index)
  }

  /** Opens a block; `end` it. Its label leads behind its end (of a loop: to its start). */
  open(kind: 'block' | 'loop' | 'if'): Label {
    return this.#enter(kind, EMPTY_BLOCK)
  }

  /** An `if` that leaves a value; nothing branches to it. */
  openIf(result: ValueType): void {
    this.#enter('if', valueTypes[result])
  }

  else(): this {
    const index = this.#open.at(-1) ?? 0
    this.#push(op.else, index)
    this.#block(index).otherwise = this.instructions.length
    return this
  }

  end(): this {
    const index = this.#open.pop() ?? 0
    this.#push(op.end, index)
    const block = this.#block(index)
    const after = this.instructions.length
    if (block.kind !== 'loop') block.target = after
    if (block.otherwise === 0) block.otherwise = after
    return this
  }

  br(label: Label): this {
    return this.#branch(op.br, label)
  }

  brIf(label: Label): this {
    return this.#branch(op.brIf, label)
  }

  /** Locals in runs of one type, then the instructions and the closing `end`. */
  encode(): readonly number[] {
    const runs: { type: ValueType; count: number }[] = []
    for (const type of this.#locals) {
      const last = runs.at(-1)
      if (last !== undefined && last.type === type) last.count += 1
      else runs.push({ type, count: 1 })
    }
    const out: number[] = []
    pushUnsigned(out, runs.length)
    for (const { type, count } of runs) {
      pushUnsigned(out, count)
      out.push(valueTypes[type])
    }
    this.#encodeInstructions(out)
    out.push(op.end)
    return out
  }

  #encodeInstructions(out: number[]): void {
    const depths: number[] = []
    let depth = 0
    for (let at = 0; at < this.instructions.length; at += 2) {
      const instruction = this.instructions[at] ?? 0
      const immediate = this.instructions[at + 1] ?? 0
      out.push(instruction)
      switch (instruction) {
        case op.block:
        case op.loop:
        case op.if:
          depths[immediate] = ++depth
          out.push(this.#block(immediate).type)
          break
        case op.end:
          depth -= 1
          break
        case op.br:
        case op.brIf:
          pushUnsigned(out, depth - (depths[immediate] ?? 0))
          break
        case op.localGet:
        case op.localSet:
        case op.localTee:
        case op.call:
          pushUnsigned(out, immediate)
          break
        case op.i32Const:
          pushSigned(out, immediate)
          break
        case op.i64Const:
        case op.f32Const:
        case op.f64Const:
          pushWide(out, instruction, this.wide[immediate] ?? 0)
          break
        default:
          if (instruction < op.i32Load || instruction > op.i32Store16) break
          out.push(0)
          pushUnsigned(out, immediate)
      }
    }
  }

  #push(instruction: Opcode, immediate: number): this {
    this.instructions.push(instruction, immediate)
    return this
  }

  #branch(instruction: Opcode, label: Label): this {
    const index = this.#open[label - 1]
    if (index === undefined || this.#block(index).type !== EMPTY_BLOCK) throw new RangeError('no block to branch to')
    return this.#push(instruction, index)
  }

  #enter(kind: Block['kind'], type: number): Label {
    const index = this.blocks.length
    this.#push(op[kind], index)
    this.blocks.push({ kind, type, otherwise: 0, target: this.instructions.length })
    return this.#open.push(index)
  }

  #block(index: number): Block {
    const block = this.blocks[index]
    if (block === undefined) throw new RangeError(`no block ${index}`)
    return block
  }
}

function pushWide(out: number[], instruction: number, value: number | bigint): void {
  if (typeof value === 'bigint') {
    pushSigned64(out, value)
    return
  }
  const bytes = instruction === op.f32Const ? 4 : 8
  if (bytes === 4) scratch.setFloat32(0, value, true)
  else scratch.setFloat64(0, value, true)
  for (let i = 0; i < bytes; i++) out.push(scratch.getUint8(i))
}
