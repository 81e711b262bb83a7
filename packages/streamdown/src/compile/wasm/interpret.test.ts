import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createMemory } from '../../batch/linear-memory.ts'
import { Code } from './code.ts'
import { interpret } from './interpret.ts'
import { ModuleBuilder } from './module.ts'
import { type Opcode, op, type ValueType } from './opcodes.ts'

const memory = createMemory()
/** Operands at 0, 16; the result at 32. */
const block = memory.alloc(64)

const loads = { i32: op.i32Load, i64: op.i64Load, f32: op.f32Load, f64: op.f64Load } as const
const stores = { i32: op.i32Store, i64: op.i64Store, f32: op.f32Store, f64: op.f64Store } as const

function compiled(code: Code): (base: number, rows: number) => number {
  const module = new WebAssembly.Module(new ModuleBuilder().finish(['i32', 'i32'], ['i32'], code))
  const { run } = new WebAssembly.Instance(module, { env: { memory: memory.memory } }).exports
  assert.ok(typeof run === 'function')
  return (base, rows) => Number(Reflect.apply(run, undefined, [base, rows]))
}

/** The 8 bytes of the result, or that it traps. */
function resultOf(run: () => number): bigint | 'traps' {
  memory.view().setBigInt64(block + 32, 0n, true)
  try {
    run()
  } catch {
    return 'traps'
  }
  return memory.view().getBigInt64(block + 32, true)
}

function write(at: number, type: ValueType, value: number | bigint): void {
  const view = memory.view()
  if (type === 'i64') view.setBigInt64(at, BigInt.asIntN(64, BigInt(value)), true)
  else if (type === 'i32') view.setInt32(at, Number(value), true)
  else if (type === 'f32') view.setFloat32(at, Number(value), true)
  else view.setFloat64(at, Number(value), true)
}

const edges: Record<ValueType, fc.Arbitrary<number | bigint>> = {
  i32: fc.oneof(fc.integer(), fc.constantFrom(0, 1, -1, 31, 32, 2 ** 31 - 1, -(2 ** 31))),
  i64: fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(0n, 1n, -1n, 63n, -(2n ** 63n))),
  f32: fc.oneof(fc.float(), fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity)),
  f64: fc.oneof(fc.double(), fc.constantFrom(0, -0, 0.5, 1.5, 2.5, -0.5, -2.5, 2 ** 31, -(2 ** 63), 2 ** 53 + 2)),
}

/** Instructions on values, by name: types of operands, then of the result. */
function signatureOf(
  name: string,
): { readonly operands: readonly ValueType[]; readonly result: ValueType } | undefined {
  const [, type, rest = ''] = /^(i32|i64|f32|f64)(.*)$/.exec(name) ?? []
  if (type === undefined || /Load|Store|Const/.test(rest)) return undefined
  const own = type as ValueType
  const converted = /(I32|I64|F32|F64)[SU]?$/.exec(rest)?.[1]?.toLowerCase() as ValueType | undefined
  if (converted !== undefined) return { operands: [converted], result: own }
  if (rest === 'Eqz') return { operands: [own], result: 'i32' }
  if (/^(Eq|Ne|Lt|Gt|Le|Ge)/.test(rest)) return rest === 'Nearest' || rest === 'Neg' ? unary(own) : binary(own, 'i32')
  return /^(Abs|Neg|Ceil|Floor|Trunc|Nearest|Sqrt)$/.test(rest) ? unary(own) : binary(own, own)
}
const unary = (type: ValueType) => ({ operands: [type], result: type })
const binary = (type: ValueType, result: ValueType) => ({ operands: [type, type], result })

for (const [name, instruction] of Object.entries(op)) {
  const signature = signatureOf(name)
  if (signature === undefined) continue
  const { operands, result } = signature
  test(`${name} gives what WebAssembly gives`, () => {
    const code = unaryOrBinary(operands, instruction, result)
    const run = compiled(code)
    fc.assert(
      fc.property(fc.tuple(...operands.map(type => edges[type])), values => {
        for (const [i, value] of values.entries()) write(block + 16 * i, operands[i] ?? 'i32', value)
        const expected = resultOf(() => run(block, 0))
        assert.equal(
          resultOf(() => interpret(code, [block, 0], memory, [])),
          expected,
        )
      }),
    )
  })
}

function unaryOrBinary(operands: readonly ValueType[], instruction: Opcode, result: ValueType): Code {
  const code = new Code(2)
  code.get(0)
  for (const [i, type] of operands.entries()) code.get(0).memory(loads[type], 16 * i)
  return code.emit(instruction).memory(stores[result], 32).i32(0)
}

test('narrow loads and stores, constants', () => {
  const code = new Code(2)
  const at = (load: Opcode): Code => code.get(0).memory(load, 1)
  code.get(0).i32(-2).memory(op.i32Store8, 1).get(0).i32(70_000).memory(op.i32Store16, 2)
  at(op.i32Load8S)
  at(op.i32Load8U).emit(op.i32Add)
  at(op.i32Load16S).emit(op.i32Add)
  at(op.i64Load32U)
    .i64(-(2n ** 62n))
    .emit(op.i64Xor, op.i32WrapI64, op.i32Add)
  code.f64(1e300).f64(-1.5e300).emit(op.f64Lt, op.i32Add)
  code
    .f32(1 / 3)
    .emit(op.f64PromoteF32)
    .f64(1 / 3)
    .emit(op.f64Ne, op.i32Add)
  assert.equal(interpret(code, [block, 0], memory, []), compiled(code)(block, 0))
})

test('branches leave what stands on the operands of the blocks that they leave', () => {
  const code = new Code(2)
  const [sum, row] = [code.local('i32'), code.local('i32')]
  const loop = code.open('loop')
  const done = code.open('block')
  const inner = code.open('block')
  code.i32(7).i32(8).get(row).i32(3).emit(op.i32RemS).brIf(done).emit(op.i32Add).get(sum).emit(op.i32Add).set(sum)
  code.get(row).i32(6).emit(op.i32Eq)
  code.open('if')
  code.i32(1).i32(2).br(inner)
  code.else()
  code.get(sum).i32(1).emit(op.i32Add).set(sum)
  code.end()
  code.get(row).i32(12).emit(op.i32Eq)
  code.openIf('i32')
  code.i32(100)
  code.else()
  code.i32(1000)
  code.end()
  code.get(sum).emit(op.i32Add).set(sum)
  code.end()
  code.get(sum).i32(1).emit(op.i32Shl).set(sum)
  code.end()
  code.get(row).i32(1).emit(op.i32Add).tee(row).get(1).emit(op.i32LtS).brIf(loop)
  code.end()
  code.i32(5).get(sum).get(sum).i32(0).emit(op.i32LtS, op.select)
  const run = compiled(code)
  for (let rows = 0; rows < 30; rows++) assert.equal(interpret(code, [block, rows], memory, []), run(block, rows))
})

test('what code calls may run code, on more operands than there is room for', () => {
  const inner = new Code(1)
  for (let i = 0; i < 5000; i++) inner.i32(i)
  for (let i = 1; i < 5000; i++) inner.emit(op.i32Add)
  const outer = new Code(1)
  const kept = outer.local('i64')
  outer.i64(5n).set(kept).i32(3).get(kept).call(0).get(kept).emit(op.i32WrapI64, op.i32Add, op.i32Add)
  const call = (value: bigint): number => Number(value) + interpret(inner, [0], memory, [])
  const sum = (5000 * 4999) / 2
  assert.equal(interpret(outer, [0], memory, [{ call, parameters: ['i64'], results: ['i32'] }]), 3 + 5 + sum + 5)
  assert.equal(interpret(inner, [0], memory, []), sum)
})
