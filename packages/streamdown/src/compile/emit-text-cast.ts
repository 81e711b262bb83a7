import { type CastRule, castValue } from '../functions/cast.ts'
import { MAX_PRECISION } from '../functions/decimal-types.ts'
import { asNumber } from '../functions/values.ts'
import { type DataType, types } from '../types/data-type.ts'
import { integerRanges, isNarrow, type NarrowType } from '../types/integer-range.ts'
import { physicalOf } from '../types/physical.ts'
import { emitFormatTime } from './emit-format-time.ts'
import { emitKernel, emitLeaving, emitStatusKernel, type Otherwise, pushLeftByKernel } from './emit-kernel.ts'
import { emitLiteral } from './emit-literal.ts'
import type { Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'
import { timeProgram, timestampProgram } from './time-program.ts'
import { op } from './wasm/opcodes.ts'

/** Casts between text and numbers or times that kernels do; undefined: none does. */
export function emitTextCast(e: Emitter, input: Operand, type: DataType, rule: CastRule): Operand | undefined {
  if (input.literal !== undefined) return undefined
  const from = input.type
  if (type.is === 'string' && type.length === undefined) return toText(e, input, rule)
  if (from.is === 'string') return fromText(e, input, type, rule)
  return undefined
}

function toText(e: Emitter, input: Operand, rule: CastRule): Operand | undefined {
  const { code } = e
  const { type, valid } = input
  const [value = 0] = input.values
  const otherwise = (call: Parameters<typeof castValue>[1]) =>
    ({
      is: 'call',
      call: ([v]: readonly (Operand['literal'] | undefined)[]) => castValue(v ?? null, call, types.string, rule, 'UTC'),
      args: [input],
      mayBeNull: false,
    }) as const
  switch (type.is) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint': {
      code.get(value)
      if (physicalOf(type) !== 'i64') code.emit(op.i64ExtendI32S)
      const wide: Operand = { type: types.bigint, valid, values: [e.store('i64')] }
      return emitKernel(e, 'fn_format_integer', [wide, emitLiteral(e, 0, types.int)], types.string)
    }
    case 'decimal': {
      if (input.values.length !== 1 || (rule === 'postgres' && type.precision === MAX_PRECISION)) return undefined
      const digits: Operand = { type: types.bigint, valid, values: [value] }
      return emitKernel(e, 'fn_format_integer', [digits, emitLiteral(e, type.scale, types.int)], types.string)
    }
    case 'date': {
      code.get(value).emit(op.i64ExtendI32S).i64(86_400_000_000n).emit(op.i64Mul)
      const time: Operand = { type: types.timestamp(6), valid, values: [e.store('i64')] }
      return emitFormatTime(e, time, timeProgram('yyyy-MM-dd') ?? new Uint8Array(0), types.string, otherwise(type))
    }
    case 'timestamp': {
      if (type.zoned) return undefined
      const program = timestampProgram(rule === 'flink' ? type.precision : 'shortest')
      return emitFormatTime(e, input, program, types.string, otherwise(type))
    }
    default:
      return undefined
  }
}

/** Of a fraction that `fn_parse_time` reads. */
const MICROSECOND_DIGITS = 6
export const ANY_DIGITS = 1 << 30

function fromText(e: Emitter, input: Operand, type: DataType, rule: CastRule): Operand | undefined {
  const otherwise = (to: DataType) =>
    ({
      is: 'call',
      call: ([v]: readonly (Operand['literal'] | undefined)[]) => castValue(v ?? null, types.string, to, rule, 'UTC'),
      args: [input],
      mayBeNull: false,
    }) as const
  if (type.is === 'bigint') return emitStatusKernel(e, 'fn_parse_integer', [input], type, otherwise(type))
  if (isNarrow(type)) return narrowFromText(e, input, type, rule)
  if (type.is === 'timestamp' && !type.zoned && type.precision === 6) {
    const digits = rule === 'postgres' ? MICROSECOND_DIGITS : ANY_DIGITS
    return emitStatusKernel(e, 'fn_parse_time', [input, emitLiteral(e, digits, types.int)], type, otherwise(type))
  }
  if (type.is === 'timestamp' && !type.zoned && type.precision === 3 && rule === 'flink') {
    const digits = emitLiteral(e, ANY_DIGITS, types.int)
    const parsed = emitStatusKernel(
      e,
      'fn_parse_time',
      [input, digits],
      types.timestamp(6),
      otherwise(types.timestamp(6)),
    )
    return { ...emitKernel(e, 'fn_to_millis', [parsed], types.timestamp(6)), type }
  }
  return undefined
}

/** What does not fit the type is JavaScript's, as is what the kernel leaves: it says why the row fails. */
function narrowFromText(e: Emitter, input: Operand, type: NarrowType, rule: CastRule): Operand {
  const { code } = e
  const [least, most] = integerRanges[type.is]
  const slot = e.reserve(16)
  const otherwise: Otherwise = {
    is: 'call',
    call: ([v]) => BigInt(asNumber(castValue(v ?? null, types.string, type, rule, 'UTC'))),
    args: [input],
    mayBeNull: false,
  }
  const wide = emitLeaving(e, input.valid, slot, types.bigint, otherwise, () => {
    pushLeftByKernel(e, 'fn_parse_integer', [input], slot)
    e.address(slot)
    code.memory(op.i64Load).i64(-least).emit(op.i64Add)
    code.i64(most - least).emit(op.i64GtU, op.i32Or)
  })
  code.get(wide.values[0] ?? 0).emit(op.i32WrapI64)
  return { type, valid: wide.valid, values: [e.store()] }
}
