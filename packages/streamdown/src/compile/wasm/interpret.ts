import type { Memory } from '../../batch/memory.ts'
import type { Code } from './code.ts'
import type { ImportedFunction } from './module.ts'
import { op } from './opcodes.ts'

/** A function that code imports, with its type. */
export interface Callable extends Pick<ImportedFunction, 'parameters' | 'results'> {
  readonly call: (...values: never[]) => unknown
}

/** 64-bit slots for locals and operands: of each the number (i32, f32, f64) or the i64. */
class Slots {
  readonly numbers: Float64Array
  readonly wide: BigInt64Array
  readonly unsigned: BigUint64Array

  constructor(count: number) {
    const buffer = new ArrayBuffer(count * 8)
    this.numbers = new Float64Array(buffer)
    this.wide = new BigInt64Array(buffer)
    this.unsigned = new BigUint64Array(buffer)
  }
}

let shared = new Slots(4096)
/** The first slot that no running code uses: what code calls may run other code. */
let firstFree = 0

/**
 * Runs code as WebAssembly would, without making a module of it: over a few rows that takes less time than to compile
 * and to instantiate one. It is written for the instructions that the compiler emits; what they trap on throws here.
 */
export function interpret(
  code: Code,
  parameters: readonly number[],
  memory: Memory,
  functions: readonly Callable[],
): number {
  const locals = code.slots
  // No instruction leaves more than one operand.
  const needed = locals + code.instructions.length / 2
  const base = firstFree
  const outer = shared
  if (base + needed > shared.numbers.length) shared = new Slots(2 * (base + needed))
  const slots = shared
  firstFree = base + needed
  try {
    slots.numbers.fill(0, base, base + locals)
    for (const [index, value] of parameters.entries()) slots.numbers[base + index] = value | 0
    return run(code, slots, base, base + locals, memory, functions)
  } finally {
    firstFree = base
    // Frames below still use the smaller one.
    if (base > 0) shared = outer
  }
}

function run(
  code: Code,
  { numbers: N, wide: W, unsigned: U }: Slots,
  local: number,
  bottom: number,
  memory: Memory,
  functions: readonly Callable[],
): number {
  const { instructions, blocks } = code
  const heights: number[] = []
  let view = memory.view()
  let top = bottom
  let at = 0
  while (at < instructions.length) {
    const immediate = instructions[at + 1]!
    const a = top - 2
    const b = top - 1
    switch (instructions[at]) {
      case op.block:
      case op.loop:
        heights[immediate] = top
        break
      case op.if:
        top = b
        heights[immediate] = top
        if (N[b] === 0) {
          at = blocks[immediate]!.otherwise
          continue
        }
        break
      case op.else:
        at = blocks[immediate]!.target
        continue
      case op.end:
        break
      case op.br:
        top = heights[immediate]!
        at = blocks[immediate]!.target
        continue
      case op.brIf:
        top = b
        if (N[b] !== 0) {
          top = heights[immediate]!
          at = blocks[immediate]!.target
          continue
        }
        break
      case op.call:
        top = call(functions[immediate]!, N, W, top)
        view = memory.view()
        break
      case op.select:
        top -= 2
        if (N[b] === 0) W[top - 1] = W[a]!
        break
      case op.localGet:
        W[top++] = W[local + immediate]!
        break
      case op.localSet:
        W[local + immediate] = W[b]!
        top = b
        break
      case op.localTee:
        W[local + immediate] = W[b]!
        break
      case op.i32Load:
        N[b] = view.getInt32((N[b]! >>> 0) + immediate, true)
        break
      case op.i64Load:
        W[b] = view.getBigInt64((N[b]! >>> 0) + immediate, true)
        break
      case op.f32Load:
        N[b] = view.getFloat32((N[b]! >>> 0) + immediate, true)
        break
      case op.f64Load:
        // As bits: a NaN stays what it is.
        W[b] = view.getBigInt64((N[b]! >>> 0) + immediate, true)
        break
      case op.i32Load8S:
        N[b] = view.getInt8((N[b]! >>> 0) + immediate)
        break
      case op.i32Load8U:
        N[b] = view.getUint8((N[b]! >>> 0) + immediate)
        break
      case op.i32Load16S:
        N[b] = view.getInt16((N[b]! >>> 0) + immediate, true)
        break
      case op.i64Load32U:
        W[b] = BigInt(view.getUint32((N[b]! >>> 0) + immediate, true))
        break
      case op.i32Store:
        top = a
        view.setInt32((N[a]! >>> 0) + immediate, N[b]!, true)
        break
      case op.f64Store:
      case op.i64Store:
        top = a
        view.setBigInt64((N[a]! >>> 0) + immediate, W[b]!, true)
        break
      case op.f32Store:
        top = a
        view.setFloat32((N[a]! >>> 0) + immediate, N[b]!, true)
        break
      case op.i32Store8:
        top = a
        view.setInt8((N[a]! >>> 0) + immediate, N[b]!)
        break
      case op.i32Store16:
        top = a
        view.setInt16((N[a]! >>> 0) + immediate, N[b]!, true)
        break
      case op.i32Const:
        N[top++] = immediate
        break
      case op.i64Const:
        W[top++] = BigInt(code.wide[immediate]!)
        break
      case op.f32Const:
      case op.f64Const:
        N[top++] = Number(code.wide[immediate]!)
        break
      case op.i32Eqz:
        N[b] = N[b] === 0 ? 1 : 0
        break
      case op.i32Eq:
      case op.f32Eq:
      case op.f64Eq:
        top = b
        N[a] = N[a] === N[b] ? 1 : 0
        break
      case op.i32Ne:
      case op.f32Ne:
      case op.f64Ne:
        top = b
        N[a] = N[a] !== N[b] ? 1 : 0
        break
      case op.i32LtS:
      case op.f64Lt:
        top = b
        N[a] = N[a]! < N[b]! ? 1 : 0
        break
      case op.i32GtS:
      case op.f64Gt:
        top = b
        N[a] = N[a]! > N[b]! ? 1 : 0
        break
      case op.i32LeS:
      case op.f64Le:
        top = b
        N[a] = N[a]! <= N[b]! ? 1 : 0
        break
      case op.i32GeS:
      case op.f64Ge:
        top = b
        N[a] = N[a]! >= N[b]! ? 1 : 0
        break
      case op.i32LtU:
        top = b
        N[a] = N[a]! >>> 0 < N[b]! >>> 0 ? 1 : 0
        break
      case op.i32GtU:
        top = b
        N[a] = N[a]! >>> 0 > N[b]! >>> 0 ? 1 : 0
        break
      case op.i32LeU:
        top = b
        N[a] = N[a]! >>> 0 <= N[b]! >>> 0 ? 1 : 0
        break
      case op.i64Eqz:
        N[b] = W[b] === 0n ? 1 : 0
        break
      case op.i64Eq:
        top = b
        N[a] = W[a] === W[b] ? 1 : 0
        break
      case op.i64Ne:
        top = b
        N[a] = W[a] !== W[b] ? 1 : 0
        break
      case op.i64LtS:
        top = b
        N[a] = W[a]! < W[b]! ? 1 : 0
        break
      case op.i64GtS:
        top = b
        N[a] = W[a]! > W[b]! ? 1 : 0
        break
      case op.i64LeS:
        top = b
        N[a] = W[a]! <= W[b]! ? 1 : 0
        break
      case op.i64GeS:
        top = b
        N[a] = W[a]! >= W[b]! ? 1 : 0
        break
      case op.i64LtU:
        top = b
        N[a] = U[a]! < U[b]! ? 1 : 0
        break
      case op.i64GtU:
        top = b
        N[a] = U[a]! > U[b]! ? 1 : 0
        break
      case op.i32Add:
        top = b
        N[a] = (N[a]! + N[b]!) | 0
        break
      case op.i32Sub:
        top = b
        N[a] = (N[a]! - N[b]!) | 0
        break
      case op.i32Mul:
        top = b
        N[a] = Math.imul(N[a]!, N[b]!)
        break
      case op.i32DivS:
        top = b
        if (N[b] === 0 || (N[b] === -1 && N[a] === -0x80000000)) throw trapped('division')
        N[a] = (N[a]! / N[b]!) | 0
        break
      case op.i32RemS:
        top = b
        if (N[b] === 0) throw trapped('remainder')
        N[a] = (N[a]! % N[b]!) | 0
        break
      case op.i32And:
        top = b
        N[a] = N[a]! & N[b]!
        break
      case op.i32Or:
        top = b
        N[a] = N[a]! | N[b]!
        break
      case op.i32Xor:
        top = b
        N[a] = N[a]! ^ N[b]!
        break
      case op.i32Shl:
        top = b
        N[a] = N[a]! << N[b]!
        break
      case op.i32ShrS:
        top = b
        N[a] = N[a]! >> N[b]!
        break
      case op.i64Add:
        top = b
        W[a] = W[a]! + W[b]!
        break
      case op.i64Sub:
        top = b
        W[a] = W[a]! - W[b]!
        break
      case op.i64Mul:
        top = b
        W[a] = W[a]! * W[b]!
        break
      case op.i64DivS:
        top = b
        if (W[b] === 0n || (W[b] === -1n && W[a] === -(2n ** 63n))) throw trapped('division')
        W[a] = W[a]! / W[b]!
        break
      case op.i64RemS:
        top = b
        if (W[b] === 0n) throw trapped('remainder')
        W[a] = W[a]! % W[b]!
        break
      case op.i64And:
        top = b
        W[a] = W[a]! & W[b]!
        break
      case op.i64Or:
        top = b
        W[a] = W[a]! | W[b]!
        break
      case op.i64Xor:
        top = b
        W[a] = W[a]! ^ W[b]!
        break
      case op.i64Shl:
        top = b
        W[a] = W[a]! << (W[b]! & 63n)
        break
      case op.i64ShrS:
        top = b
        W[a] = W[a]! >> (W[b]! & 63n)
        break
      case op.i64ShrU:
        top = b
        U[a] = U[a]! >> (U[b]! & 63n)
        break
      case op.f32Abs:
      case op.f64Abs:
        N[b] = Math.abs(N[b]!)
        break
      case op.f32Neg:
      case op.f64Neg:
        N[b] = -N[b]!
        break
      case op.f32Add:
        top = b
        N[a] = Math.fround(N[a]! + N[b]!)
        break
      case op.f32Sub:
        top = b
        N[a] = Math.fround(N[a]! - N[b]!)
        break
      case op.f32Mul:
        top = b
        N[a] = Math.fround(N[a]! * N[b]!)
        break
      case op.f32Div:
        top = b
        N[a] = Math.fround(N[a]! / N[b]!)
        break
      case op.f64Ceil:
        N[b] = Math.ceil(N[b]!)
        break
      case op.f64Floor:
        N[b] = Math.floor(N[b]!)
        break
      case op.f64Trunc:
        N[b] = Math.trunc(N[b]!)
        break
      case op.f64Nearest:
        N[b] = nearest(N[b]!)
        break
      case op.f64Sqrt:
        N[b] = Math.sqrt(N[b]!)
        break
      case op.f64Add:
        top = b
        N[a] = N[a]! + N[b]!
        break
      case op.f64Sub:
        top = b
        N[a] = N[a]! - N[b]!
        break
      case op.f64Mul:
        top = b
        N[a] = N[a]! * N[b]!
        break
      case op.f64Div:
        top = b
        N[a] = N[a]! / N[b]!
        break
      case op.i32WrapI64:
        N[b] = Number(BigInt.asIntN(32, W[b]!))
        break
      case op.i32TruncF64S: {
        const whole = Math.trunc(N[b]!)
        if (!(whole >= -(2 ** 31) && whole < 2 ** 31)) throw trapped('conversion')
        N[b] = whole | 0
        break
      }
      case op.i64TruncF64S: {
        const whole = Math.trunc(N[b]!)
        if (!(whole >= -(2 ** 63) && whole < 2 ** 63)) throw trapped('conversion')
        W[b] = BigInt(whole)
        break
      }
      case op.i64ExtendI32S:
        W[b] = BigInt(N[b]! | 0)
        break
      case op.i64ExtendI32U:
        W[b] = BigInt(N[b]! >>> 0)
        break
      case op.f64ConvertI32S:
      case op.f64PromoteF32:
        break
      case op.f64ConvertI64S:
        N[b] = Number(W[b]!)
        break
      case op.f32DemoteF64:
        N[b] = Math.fround(N[b]!)
        break
      default:
        throw new RangeError(`no meaning for the instruction ${instructions[at]}`)
    }
    at += 2
  }
  return N[top - 1]!
}

/** Calls a function with the operands on top; returns the new top. */
function call({ call, parameters, results }: Callable, N: Float64Array, W: BigInt64Array, top: number): number {
  const first = top - parameters.length
  const result = Reflect.apply(
    call,
    undefined,
    parameters.map((type, index) => (type === 'i64' ? W[first + index] : N[first + index])),
  )
  const [type] = results
  if (type === undefined) return first
  if (type === 'i64') W[first] = typeof result === 'bigint' ? result : BigInt(Number(result))
  else if (type === 'i32') N[first] = Number(result) | 0
  else N[first] = type === 'f32' ? Math.fround(Number(result)) : Number(result)
  return first + 1
}

/** To the nearest whole number, of two equally near ones to the even. */
function nearest(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  if (!(rest === 0.5)) return rest === 0 || Number.isNaN(rest) ? value : keepSign(rest < 0.5 ? below : below + 1, value)
  return keepSign(below % 2 === 0 ? below : below + 1, value)
}

const keepSign = (rounded: number, value: number): number => (rounded === 0 && value < 0 ? -0 : rounded)

const trapped = (what: string): RangeError => new RangeError(`compiled code traps: ${what}`)
