import { failures } from '../errors/table.ts'
import type { Call } from '../functions/define.ts'
import { byteProgram } from '../functions/regex/byte-program.ts'
import { timeUnit } from '../functions/time/interval.ts'
import { isSharedField } from '../functions/time/shared.ts'
import type { CallExpression } from '../plan/expressions/expression.ts'
import { type DataType, types } from '../types/data-type.ts'
import { emitConversion } from './emit-cast.ts'
import { emitFormatTime } from './emit-format-time.ts'
import { emitKernel, emitStatusKernel } from './emit-kernel.ts'
import { emitLiteral } from './emit-literal.ts'
import { emitSplit } from './emit-split.ts'
import { ANY_DIGITS } from './emit-text-cast.ts'
import type { Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'
import { timeProgram } from './time-program.ts'
import { op } from './wasm/opcodes.ts'

/**
 * Functions that JavaScript implements, where their constants or types allow a kernel: the same results, without a call
 * out of WebAssembly. Undefined: there is none for this call.
 */
export function emitSpecial(
  e: Emitter,
  name: string,
  args: readonly Operand[],
  expression: CallExpression,
  call: Call,
): Operand | undefined {
  const { type } = expression
  const [a, b, c] = args
  if (a === undefined) return undefined
  switch (name) {
    case 'extract':
      return b === undefined || typeof a.literal !== 'string' || !isSharedField(a.literal)
        ? undefined
        : field(e, a.literal.toLowerCase(), b, type)
    case 'extract_postgres':
    case 'date_part':
      return b === undefined || typeof a.literal !== 'string' ? undefined : field(e, a.literal.toLowerCase(), b, type)
    case 'year':
    case 'quarter':
    case 'month':
    case 'hour':
    case 'minute':
    case 'second':
    case 'dayofmonth':
    case 'dayofyear':
      return field(e, name, a, type)
    case 'date_trunc':
      return b === undefined || typeof a.literal !== 'string' || c !== undefined
        ? undefined
        : truncated(e, timeUnit(a.literal), b, type)
    case 'floor':
    case 'floor_to':
      return floored(e, b?.literal, a, type)
    case 'date_format':
      return typeof b?.literal === 'string' ? formatted(e, b.literal, a, args, type, call) : undefined
    case 'to_timestamp':
      if (a.type.is !== 'string' || b !== undefined) return undefined
      return milliseconds(
        e,
        emitStatusKernel(e, 'fn_parse_time', [a, emitLiteral(e, ANY_DIGITS, types.int)], type, {
          is: 'call',
          call,
          args: [a],
          mayBeNull: true,
        }),
      )
    case 'split_index':
      if (typeof b?.literal !== 'string' || b.literal === '' || c === undefined) return undefined
      return emitSplit(e, expression, a, b, c, type, { is: 'null' })
    case 'split_part': {
      if (b === undefined || typeof c?.literal !== 'number' || c.literal < 1) return undefined
      const index = emitLiteral(e, c.literal - 1, types.int)
      return emitSplit(e, expression, a, b, index, type, { is: 'call', call, args, mayBeNull: false })
    }
    case 'substring':
    case 'substring_postgres': {
      if (a.type.is !== 'string') return undefined
      if (typeof b?.literal !== 'number' || b.literal < 1) return undefined
      if (c !== undefined && (typeof c.literal !== 'number' || c.literal < 0)) return undefined
      return emitKernel(e, 'fn_substring', [a, b, c ?? emitLiteral(e, 0x7fffffff, types.int)], type)
    }
    case 'regexp_like':
      return c !== undefined ? undefined : regexpMatch(e, a, b)
    case 'regexp_extract':
      return regexpGroup(e, a, b, c === undefined ? 0 : c.literal, type)
    case 'replace':
      return b === undefined || c === undefined ? undefined : emitKernel(e, 'fn_replace', [a, b, c], type)
    case 'concat': {
      if (!args.every(arg => arg.type.is === 'string')) return undefined
      let all = a
      for (const next of args.slice(1)) all = emitKernel(e, 'fn_concat', [all, next], type)
      return all
    }
    case 'round':
      if (
        a.type.is !== 'decimal' ||
        type.is !== 'decimal' ||
        !(b === undefined || (typeof b.literal === 'number' && b.literal >= 0))
      )
        return undefined
      return a.values.length === 1 ? emitConversion(e, a, type, 'flink') : undefined
    case 'sqrt':
    case 'sqrt_exact':
      return a.type.is === 'double' ? squareRoot(e, a) : undefined
    default:
      return undefined
  }
}

function regexpMatch(e: Emitter, text: Operand, pattern: Operand | undefined): Operand | undefined {
  const program = typeof pattern?.literal === 'string' ? byteProgram(pattern.literal) : undefined
  if (program === undefined) return undefined
  return emitKernel(e, 'fn_regexp_like', [text, emitLiteral(e, program.bytes, types.bytes)], types.boolean)
}

function regexpGroup(
  e: Emitter,
  text: Operand,
  pattern: Operand | undefined,
  group: Operand['literal'],
  type: DataType,
): Operand | undefined {
  const program = typeof pattern?.literal === 'string' ? byteProgram(pattern.literal) : undefined
  if (program === undefined || typeof group !== 'number' || group < 0 || group > program.groups) return undefined
  const args = [text, emitLiteral(e, program.bytes, types.bytes), emitLiteral(e, group, types.int)]
  return emitStatusKernel(e, 'fn_regexp_extract', args, type, { is: 'null' })
}

const fields: Readonly<Record<string, number>> = {
  year: 0,
  quarter: 1,
  month: 2,
  day: 3,
  dayofmonth: 3,
  hour: 4,
  minute: 5,
  second: 6,
  dow: 7,
  doy: 8,
  dayofyear: 8,
}

/** µs of a time without zone (in a session in UTC also of an instant). */
function micros(e: Emitter, operand: Operand): Operand | undefined {
  const { type } = operand
  if (type.is === 'date') return emitConversion(e, operand, types.timestamp(6), 'flink')
  if (type.is !== 'timestamp' || (type.zoned && e.timeZone !== 'UTC')) return undefined
  return { ...operand, type: types.timestamp(6) }
}

function field(e: Emitter, name: string, value: Operand, type: DataType): Operand | undefined {
  const number = fields[name]
  // As DOUBLE a second has its fraction.
  const whole = type.is === 'bigint' || (type.is === 'double' && name !== 'second')
  const time = number === undefined || !whole ? undefined : micros(e, value)
  if (number === undefined || time === undefined) return undefined
  const result = emitKernel(e, 'fn_field', [time, emitLiteral(e, number, types.int)], types.bigint)
  return emitConversion(e, result, type, 'flink')
}

const units: Readonly<Record<string, number>> = {
  second: 0,
  minute: 1,
  hour: 2,
  day: 3,
  week: 4,
  month: 5,
  quarter: 6,
  year: 7,
}

/** FLOOR(value TO unit); its weeks begin on Sunday, those of the kernel on Monday. */
function floored(e: Emitter, literal: unknown, value: Operand, type: DataType): Operand | undefined {
  const unit = typeof literal === 'string' ? timeUnit(literal) : 'week'
  return unit === 'week' ? undefined : truncated(e, unit, value, type)
}

function truncated(e: Emitter, unit: string, value: Operand, type: DataType): Operand | undefined {
  const number = units[unit]
  const time = number === undefined ? undefined : micros(e, value)
  if (number === undefined || time === undefined || (type.is !== 'timestamp' && type.is !== 'date')) return undefined
  const start = emitKernel(e, 'fn_truncate', [time, emitLiteral(e, number, types.int)], types.timestamp(6))
  return type.is === 'date' ? emitConversion(e, start, type, 'flink') : { ...start, type }
}

function formatted(
  e: Emitter,
  pattern: string,
  value: Operand,
  args: readonly Operand[],
  type: DataType,
  call: Call,
): Operand | undefined {
  const time = micros(e, value)
  const program = timeProgram(pattern)
  if (time === undefined || program === undefined) return undefined
  return emitFormatTime(e, time, program, type, { is: 'call', call, args, mayBeNull: false })
}

/** Flink's TO_TIMESTAMP has three digits of the second's fraction. */
function milliseconds(e: Emitter, parsed: Operand): Operand {
  return emitKernel(e, 'fn_to_millis', [parsed], parsed.type)
}

function squareRoot(e: Emitter, a: Operand): Operand {
  const { code } = e
  const [value = 0] = a.values
  e.guard(a.valid, () => {
    code.get(value).f64(0).emit(op.f64Lt)
    e.failIf(failures.argument)
  })
  code.get(value).emit(op.f64Sqrt)
  return { type: types.double, valid: a.valid, values: [e.store('f64')] }
}
