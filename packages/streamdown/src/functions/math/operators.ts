import { type DataType, types } from '../../types/data-type.ts'
import { isInterval } from '../../types/value.ts'
import { isInteger, isNumeric, operandType } from '../common-type.ts'
import { decimalOf, productType, quotientType, remainderType, sumType } from '../decimal-types.ts'
import type { BoundArgument, FunctionRules, ScalarFunction, Signature } from '../definition.ts'
import { jsonMinus } from '../json/removing.ts'

const inline = { is: 'inline' } as const
const int8 = types.bigint

/** Two numbers: both integers or both floating in their common type; a DECIMAL beside an integer makes it DECIMAL. */
function numberPair(args: readonly BoundArgument[], rules: FunctionRules): readonly DataType[] | undefined {
  const [a, b] = args
  if (a === undefined || b === undefined) return undefined
  const left = numberType(a, b)
  const right = numberType(b, a)
  if (left === undefined || right === undefined) return undefined
  if (left.is === 'decimal' || right.is === 'decimal') {
    const p = decimalOf(left)
    const q = decimalOf(right)
    if (p !== undefined && q !== undefined)
      return [types.decimal(p.precision, p.scale), types.decimal(q.precision, q.scale)]
  }
  const common = operandType(
    [
      { ...a, type: left },
      { ...b, type: right },
    ],
    rules,
  )
  return common === undefined ? undefined : [common, common]
}

/** A literal string or NULL beside a number reads as that number's type. */
function numberType(arg: BoundArgument, other: BoundArgument): DataType | undefined {
  if (isNumeric(arg.type)) return arg.type
  if (arg.type.is !== 'null' && !(arg.type.is === 'string' && arg.literal !== undefined)) return undefined
  return isNumeric(other.type) ? other.type : undefined
}

type Derive = (
  a: { precision: number; scale: number },
  b: { precision: number; scale: number },
  rules: FunctionRules,
) => DataType

const arithmetic = (derive: Derive): Signature => ({
  parameters: ['number', 'number'],
  coerce: numberPair,
  returns: ([a, b], rules) =>
    a?.type.is === 'decimal' && b?.type.is === 'decimal' ? derive(a.type, b.type, rules) : (a?.type ?? types.null),
  implementation: inline,
})

/** Signatures over exact type names; a name without precision keeps the argument's own type. */
function exact(parameters: readonly DataType['is'][], returns: Signature['returns']): Signature {
  return {
    parameters,
    coerce: args => {
      const targets: DataType[] = []
      for (const [i, arg] of args.entries()) {
        const wanted = parameters[i]
        if (arg.type.is === wanted) targets.push(arg.type)
        else if (wanted === 'bigint' && isInteger(arg.type)) targets.push(int8)
        else if (wanted === 'double' && isNumeric(arg.type)) targets.push(types.double)
        else if (wanted === 'interval' && arg.type.is === 'time' && parameters.includes('double'))
          targets.push(types.interval)
        else if (
          wanted === 'interval' &&
          (arg.type.is === 'null' || (arg.type.is === 'string' && arg.literal !== undefined))
        ) {
          targets.push(types.interval)
        } else return undefined
      }
      return targets
    },
    returns,
    implementation: inline,
  }
}

const first: Signature['returns'] = args => args[0]?.type ?? types.null

/** A timestamp (the argument at the place) moved by the other one; one of few digits has room for those of the interval. */
const moved =
  (at: 0 | 1): Signature['returns'] =>
  args => {
    const type = args[at]?.type ?? types.null
    if (type.is !== 'timestamp' || type.precision >= 3) return type
    const by = args[1 - at]?.literal
    const digits = !isInterval(by) ? 3 : by.micros % 1_000_000n === 0n ? 0 : by.micros % 1000n === 0n ? 3 : 6
    return { ...type, precision: Math.max(type.precision, digits) }
  }
const second: Signature['returns'] = args => args[1]?.type ?? types.null
/** DATE moved by an INTERVAL: a DATE in Flink, a TIMESTAMP in PostgreSQL. */
const movedDate: Signature['returns'] = (_, rules) => (rules.functions === 'postgres' ? types.timestamp(6) : types.date)

const bitwise = (name: string, summary: string, sql: string, gives: string): ScalarFunction => ({
  name,
  summary,
  examples: [{ sql, gives }],
  category: 'math',
  signatures: [
    {
      parameters: ['integer', 'integer'],
      coerce: (args, rules) =>
        args.every(arg => isInteger(arg.type) || arg.type.is === 'null') ? numberPair(args, rules) : undefined,
      returns: first,
      implementation: inline,
    },
  ],
})

export const operatorFunctions: readonly ScalarFunction[] = [
  {
    name: '+',
    summary: 'Sum; moves a date, time or timestamp by an interval. An overflow fails the row.',
    examples: [
      { sql: '2 + 3', gives: '5' },
      { sql: '1.25 + 1', gives: '2.25' },
      { sql: "TIMESTAMP '2024-01-31 10:00:00' + INTERVAL '1' MONTH", gives: '2024-02-29 10:00:00' },
    ],
    category: 'math',
    signatures: [
      arithmetic(sumType),
      exact(['timestamp', 'interval'], moved(0)),
      exact(['interval', 'timestamp'], moved(1)),
      exact(['date', 'interval'], movedDate),
      exact(['interval', 'date'], movedDate),
      exact(['date', 'bigint'], types.date),
      exact(['bigint', 'date'], types.date),
      exact(['date', 'time'], types.timestamp(6)),
      exact(['time', 'date'], types.timestamp(6)),
      exact(['time', 'interval'], first),
      exact(['interval', 'time'], second),
      exact(['interval', 'interval'], types.interval),
    ],
  },
  {
    name: '-',
    summary: 'Difference; between two timestamps an interval, between two dates the days (PostgreSQL).',
    examples: [
      { sql: '2 - 3', gives: '-1' },
      { sql: "TIMESTAMP '2024-01-02 00:00:00' - TIMESTAMP '2024-01-01 12:00:00'", gives: '+0 12:00:00.000' },
      { sql: "DATE '2024-03-01' - DATE '2024-02-01'", gives: '29' },
    ],
    category: 'math',
    signatures: [
      arithmetic(sumType),
      exact(['timestamp', 'interval'], moved(0)),
      exact(['timestamp', 'timestamp'], types.interval),
      exact(['timestamp', 'date'], types.interval),
      exact(['date', 'timestamp'], types.interval),
      exact(['date', 'interval'], movedDate),
      exact(['date', 'bigint'], types.date),
      exact(['date', 'date'], types.int),
      exact(['time', 'interval'], first),
      exact(['time', 'time'], types.interval),
      exact(['interval', 'interval'], types.interval),
      ...jsonMinus,
    ],
  },
  {
    name: '*',
    summary: 'Product; of an interval and a number an interval.',
    examples: [
      { sql: '6 * 7', gives: '42' },
      { sql: '1.5 * 1.5', gives: '2.25' },
      { sql: "INTERVAL '1' HOUR * 2", gives: '+0 02:00:00.000' },
    ],
    category: 'math',
    signatures: [
      arithmetic(productType),
      exact(['interval', 'double'], types.interval),
      exact(['double', 'interval'], types.interval),
    ],
  },
  {
    name: '/',
    summary: 'Quotient; of integers the truncated integer. Division of exact numbers by zero fails the row.',
    examples: [
      { sql: '7 / 2', gives: '3' },
      { sql: '-7 / 2', gives: '-3' },
      { sql: '1.0 / 8', gives: '0.125' },
    ],
    category: 'math',
    signatures: [arithmetic(quotientType), exact(['interval', 'double'], types.interval)],
  },
  {
    name: '%',
    aliases: ['mod'],
    summary: 'Remainder with the sign of the dividend.',
    examples: [
      { sql: '7 % 3', gives: '1' },
      { sql: 'MOD(-7, 3)', gives: '-1' },
    ],
    category: 'math',
    signatures: [arithmetic(remainderType)],
  },
  {
    name: 'negate',
    summary: 'The number with its sign turned: -x.',
    examples: [{ sql: '-(2 + 3)', gives: '-5' }],
    category: 'math',
    signatures: [
      { parameters: ['number'], returns: first, implementation: inline },
      { parameters: ['interval'], returns: types.interval, implementation: inline },
    ],
  },
  bitwise('&', 'Bits set in both.', '12 & 10', '8'),
  bitwise('|', 'Bits set in either.', '12 | 10', '14'),
  bitwise('#', 'Bits set in one of the two.', '12 # 10', '6'),
  {
    name: 'bit_not',
    summary: 'Every bit turned: ~x.',
    examples: [{ sql: '~5', gives: '-6' }],
    category: 'math',
    signatures: [{ parameters: ['integer'], returns: first, implementation: inline }],
  },
  {
    name: '<<',
    summary: 'Bits moved to the left.',
    examples: [{ sql: '1 << 4', gives: '16' }],
    category: 'math',
    signatures: [{ parameters: ['integer', 'int'], returns: first, implementation: inline }],
  },
  {
    name: '>>',
    summary: 'Bits moved to the right, the sign kept.',
    examples: [{ sql: '-16 >> 2', gives: '-4' }],
    category: 'math',
    signatures: [{ parameters: ['integer', 'int'], returns: first, implementation: inline }],
  },
]
