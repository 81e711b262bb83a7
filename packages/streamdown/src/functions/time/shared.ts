import { failures } from '../../errors/table.ts'
import { type DataType, types } from '../../types/data-type.ts'
import { type Interval, isInterval, type Value } from '../../types/value.ts'
import {
  addInterval,
  civilOf,
  daysInMonth,
  daysOf,
  floorDivide,
  joinMicros,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  splitMicros,
} from '../../values/calendar.ts'
import { negateInterval } from '../../values/interval.ts'
import { isTemporal } from '../common-type.ts'
import { definer, type FunctionContext, firstType, js } from '../define.ts'
import { type Coerce, RowError, type ScalarFunction, type Signature } from '../definition.ts'
import { asBigint, asCount, asInterval, asNumber, asText } from '../values.ts'
import { ceilTo, fieldDigits, floorTo, monthsBetween } from './fields.ts'
import { intervalOf, timeUnit } from './interval.ts'
import { readJava } from './java-format.ts'
import { parsePostgres } from './postgres-format.ts'
import { parseTimestampText, validDate } from './text.ts'
import { type Ambiguous, findZone, localToUtc, utcToLocal, type Zone } from './zone.ts'

export const define = definer('time')
export const { string, int, bigint, double, date, interval } = types
export const timestamp3 = types.timestamp(3)
export const timestamp6 = types.timestamp(6)
export const ltz3 = types.timestampLtz(3)
export const ltz6 = types.timestampLtz(6)

export function zoneOf(name: string): Zone {
  const zone = findZone(name)
  if (zone === undefined) throw new RowError(failures.argument, `there is no time zone ${name}`)
  return zone
}

/** Local µs of any time type: a TIMESTAMP_LTZ in the session's zone, a DATE at midnight, a TIME on 1970-01-01. */
export function localMicros(value: Value | undefined, type: DataType | undefined, timeZone: string): bigint {
  if (type?.is === 'date') return joinMicros({ days: asNumber(value), micros: 0 })
  if (type?.is === 'timestamp' && type.zoned) return utcToLocal(zoneOf(timeZone), asBigint(value))
  return asBigint(value)
}

/** Local µs back as the type. */
export function fromLocal(micros: bigint, type: DataType, timeZone: string, ambiguous: Ambiguous = 'first'): Value {
  if (type.is === 'date') return Number(floorDivide(micros, MICROS_PER_DAY))
  if (type.is === 'timestamp' && type.zoned) return localToUtc(zoneOf(timeZone), micros, ambiguous)
  return micros
}

export const temporals: Coerce = args => {
  const [first] = args
  if (first === undefined || !isTemporal(first.type)) return undefined
  return args.map((arg, i) => (i === 0 ? arg.type : string))
}

export const unitThenTemporal: Coerce = ([unit, value, zone]) => {
  if (unit?.type.is !== 'string' || value === undefined) return undefined
  if (!isTemporal(value.type) && value.type.is !== 'interval' && value.type.is !== 'null') return undefined
  return zone === undefined ? [string, value.type] : [string, value.type, string]
}

/** EXTRACT gives BIGINT in Flink; in PostgreSQL a DECIMAL where the field has a fraction. */
export const extractType: Signature['returns'] = (args, rules) =>
  rules.functions === 'postgres' && fractional.has(String(args[0]?.literal).toUpperCase())
    ? types.decimal(38, 6)
    : bigint

export const fractional = new Set(['EPOCH', 'SECOND', 'SECONDS', 'MILLISECOND', 'MILLISECONDS', 'JULIAN'])

export function extract(args: readonly Value[], { types: all, returns, timeZone }: FunctionContext): Value {
  const field = asText(args[0])
  const type = all[1]
  const value = args[1]
  const digits = isInterval(value)
    ? fieldDigits(field, value)
    : fieldDigits(
        field,
        localMicros(value, type, timeZone),
        type?.is === 'timestamp' && type.zoned
          ? { utc: asBigint(value), offset: zoneOf(timeZone).offsetAt(asBigint(value)) }
          : undefined,
      )
  if (digits === undefined) throw new RowError(failures.argument, `${field} is no field of a ${type?.is ?? 'time'}`)
  if (returns.is === 'decimal') return digits
  const whole = floorDivide(digits, 1_000_000n)
  if (returns.is === 'double') return Number(digits) / 1e6
  return returns.is === 'int' ? Number(whole) : whole
}

/** Fields that Flink and PostgreSQL count differently: what is left of Flink's, in units, and its first value. */
const flinkFields: Readonly<Record<string, { readonly below: bigint; readonly from: bigint }>> = {
  DOW: { below: 7n, from: 1n },
  MILLISECOND: { below: 1000n, from: 0n },
  MICROSECOND: { below: 1_000_000n, from: 0n },
  NANOSECOND: { below: 1_000_000_000n, from: 0n },
}

/** Whether a field means the same in Flink and in PostgreSQL. */
export const isSharedField = (field: string): boolean => flinkFields[field.toUpperCase()] === undefined

export function extractOfFlink(args: readonly Value[], context: FunctionContext): Value {
  const [field, value = null] = args
  const found = extract([field ?? null, isInterval(value) ? inDays(value) : value], context)
  const rule = flinkFields[asText(field).toUpperCase()]
  return rule === undefined || typeof found !== 'bigint' ? found : (found % rule.below) + rule.from
}

/** Flink's days and times are one count: 25 hours are a day and an hour. */
function inDays({ months, days, micros }: Interval): Interval {
  const all = BigInt(days) * MICROS_PER_DAY + micros
  return { months, days: Number(all / MICROS_PER_DAY), micros: all % MICROS_PER_DAY }
}

export const field = (
  name: string,
  unit: string,
  summary: string,
  sql: string,
  gives: string,
  aliases?: readonly string[],
): ScalarFunction =>
  define(
    name,
    summary,
    [[sql, gives]],
    [
      js(['temporal'], bigint, ([value], context) =>
        extractOfFlink([unit, value ?? null], {
          ...context,
          types: [string, ...context.types],
          returns: bigint,
          now: context.now,
          timeZone: context.timeZone,
          random: context.random,
        }),
      ),
      js(['interval'], bigint, ([value], context) =>
        extract([unit, value ?? null], {
          types: [string, ...context.types],
          returns: bigint,
          now: context.now,
          timeZone: context.timeZone,
          random: context.random,
        }),
      ),
    ],
    aliases === undefined ? {} : { aliases },
  )

export const smallUnits = new Set(['hour', 'minute', 'second', 'millisecond', 'microsecond'])

/** The interval of DATE_TRUNC, or the start of the unit in local time. */
export function truncate(args: readonly Value[], { types: all, returns, timeZone }: FunctionContext): Value {
  const unit = timeUnit(asText(args[0]))
  const value = args[1]
  if (isInterval(value)) return truncateInterval(value, unit)
  if (returns.is === 'interval') return truncateInterval({ months: 0, days: 0, micros: asBigint(value) }, unit)
  const zone = args[2] === undefined ? timeZone : asText(args[2])
  const part = all[1]
  const local = localMicros(value, all[1], zone)
  const start = floorTo(local, unit)
  // Within a day the offset stays: the hour that occurs twice keeps its side.
  const within = part?.is === 'timestamp' && part.zoned && smallUnits.has(unit)
  if (start !== undefined && within) return asBigint(value) - (local - start)
  if (start === undefined) throw new RowError(failures.argument, `${unit} is no unit to truncate to`)
  // A day that starts twice starts the second time, as in PostgreSQL.
  return fromLocal(start, returns, zone, 'last')
}

export function truncateInterval(
  { months, days, micros }: { months: number; days: number; micros: bigint },
  unit: string,
): Value {
  const size: Record<string, number> = { year: 12, quarter: 3, month: 1, decade: 120, century: 1200, millennium: 12000 }
  const wide = size[unit]
  if (wide !== undefined) return { months: Math.trunc(months / wide) * wide, days: 0, micros: 0n }
  if (unit === 'day') return { months, days, micros: 0n }
  if (unit === 'week')
    throw new RowError(failures.argument, 'an interval is not truncated to weeks: months are no whole number of them')
  const part = intervalOf(1, unit)
  return part === undefined || part.micros === 0n
    ? { months, days, micros }
    : { months, days, micros: micros - (micros % part.micros) }
}

export const truncateType: Signature['returns'] = ([, value], rules) => {
  const type = value?.type ?? timestamp6
  if (rules.functions !== 'postgres') return type
  return type.is === 'date' ? ltz6 : type.is === 'time' ? types.interval : type
}

export const toUnit =
  (round: typeof floorTo) =>
  (args: readonly Value[], { types: all, timeZone }: FunctionContext): Value => {
    const [type = timestamp6] = all
    const start = round(localMicros(args[0], type, timeZone), timeUnit(asText(args[1])))
    if (start === undefined) throw new RowError(failures.argument, `${asText(args[1])} is no unit to round to`)
    return fromLocal(start, type, timeZone)
  }

export function addUnits(args: readonly Value[], { types: all, returns, timeZone }: FunctionContext): Value {
  const unit = timeUnit(asText(args[0]))
  const amount = intervalOf(asCount(args[1]), unit)
  if (amount === undefined) throw new RowError(failures.argument, `${unit} is no time unit`)
  const type = all[2]
  if (type?.is === 'time')
    return (((asBigint(args[2]) + amount.micros) % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY
  return fromLocal(addInterval(localMicros(args[2], type, timeZone), amount), returns, timeZone)
}

export const addUnitsType: Signature['returns'] = args => {
  const type = args[2]?.type ?? timestamp6
  const unit = timeUnit(String(args[0]?.literal ?? 'day'))
  return type.is === 'date' && ['hour', 'minute', 'second', 'millisecond', 'microsecond'].includes(unit)
    ? timestamp3
    : withRoomFor(unit, type)
}

/** A timestamp of few digits has room for those of the unit. */
function withRoomFor(unit: string, type: DataType): DataType {
  const digits = unit === 'microsecond' ? 6 : unit === 'millisecond' ? 3 : 0
  return type.is === 'timestamp' && type.precision < digits ? { ...type, precision: digits } : type
}

/** Whole units between two times, toward zero. */
export function differenceIn(unit: string, from: bigint, to: bigint): bigint | undefined {
  const months: Record<string, bigint> = { month: 1n, quarter: 3n, year: 12n, decade: 120n, century: 1200n }
  const size = months[unit]
  if (size !== undefined) return BigInt(monthsBetween(from, to)) / size
  const part = intervalOf(1, unit)
  if (part === undefined) return undefined
  return (to - from) / (BigInt(part.days) * MICROS_PER_DAY + part.micros)
}

export const unitAndTwo: Coerce = ([unit, a, b]) => {
  if (unit?.type.is !== 'string' || a === undefined || b === undefined) return undefined
  const types = [a, b].map(arg =>
    isTemporal(arg.type) ? arg.type : arg.type.is === 'string' && arg.literal !== undefined ? timestamp6 : undefined,
  )
  const [x, y] = types
  return x === undefined || y === undefined ? undefined : [string, x, y]
}

export const unitAmountTemporal: Coerce = ([unit, amount, value]) => {
  if (unit?.type.is !== 'string' || amount === undefined || value === undefined || !isTemporal(value.type))
    return undefined
  return [string, bigint, value.type]
}

/**
 * µs since 1970 of a text, in the zone that it says or else in that of the session. As with Java's SimpleDateFormat, what
 * stands behind the pattern does not count.
 */
export const epochOfText = (text: string, pattern: string | undefined, timeZone: string): bigint | undefined => {
  const read = pattern === undefined ? undefined : readJava(text, pattern)
  if (read?.offset !== undefined) return read.local - read.offset
  const local = pattern === undefined ? parseTimestampText(text, undefined) : read?.local
  return local === undefined ? undefined : localToUtc(zoneOf(timeZone), local)
}

export function makeTimestamp(args: readonly Value[]): bigint {
  const [year, month, day, hour, minute] = args.slice(0, 5).map(value => asCount(value))
  const seconds = asNumber(args[5])
  const actual = { year: (year ?? 0) < 0 ? (year ?? 0) + 1 : (year ?? 0), month: month ?? 0, day: day ?? 0 }
  if (year === 0 || !validDate(actual)) throw new RowError(failures.argument, 'there is no such date')
  if ((hour ?? 0) < 0 || (hour ?? 0) > 24 || (minute ?? 0) < 0 || (minute ?? 0) > 59 || seconds < 0 || seconds > 60)
    throw new RowError(failures.argument, 'there is no such time')
  return (
    joinMicros({ days: daysOf(actual.year, actual.month, actual.day), micros: 0 }) +
    BigInt(((hour ?? 0) * 60 + (minute ?? 0)) * 60) * MICROS_PER_SECOND +
    BigInt(Math.round(seconds * 1e6))
  )
}

/** Field by field, days borrowed from the month of the earlier time, as PostgreSQL does. */
export function age(to: bigint, from: bigint): Interval {
  if (to < from) return negateInterval(age(from, to))
  const [a, b] = [splitMicros(from), splitMicros(to)]
  const [x, y] = [civilOf(a.days), civilOf(b.days)]
  let months = (y.year - x.year) * 12 + (y.month - x.month)
  let days = y.day - x.day
  let micros = b.micros - a.micros
  if (micros < 0) {
    micros += Number(MICROS_PER_DAY)
    days--
  }
  if (days < 0) {
    days += daysInMonth(x.year, x.month)
    months--
  }
  return { months, days, micros: BigInt(micros) }
}

/** Instants are counted as such, whatever their zone's clocks do between them; a time beside one is one. */
export const binned: Coerce = ([stride, ...times]) => {
  if (stride === undefined || times.length === 0) return undefined
  const zoned = times.some(({ type }) => type.is === 'timestamp' && type.zoned)
  if (!times.every(({ type, literal }) => isTemporal(type) || (type.is === 'string' && literal !== undefined)))
    return undefined
  return [interval, ...times.map(() => (zoned ? ltz6 : timestamp6))]
}

const fromMidnight = (type: DataType, timeZone: string): bigint =>
  type.is === 'timestamp' && type.zoned ? localToUtc(zoneOf(timeZone), 0n) : 0n

export function dateBin(args: readonly Value[], { returns, timeZone }: FunctionContext): Value {
  const { months, days, micros } = asInterval(args[0])
  const size = BigInt(days) * MICROS_PER_DAY + micros
  if (months !== 0 || size <= 0n)
    throw new RowError(failures.argument, 'the stride must be a positive time without months')
  const value = asBigint(args[1])
  const origin = args[2] === undefined ? fromMidnight(returns, timeZone) : asBigint(args[2])
  return origin + floorDivide(value - origin, size) * size
}

export const clock = (
  name: string,
  summary: string,
  returns: DataType,
  sql: string,
  call: (context: FunctionContext) => Value,
  aliases: readonly string[] = [],
): ScalarFunction =>
  define(
    name,
    summary,
    [[sql, 'TRUE']],
    [
      js([], returns, (_, context) => call(context), { nullable: false }),
      js(['int'], returns, (_, context) => call(context), { nullable: false }),
    ],
    {
      aliases,
      deterministic: false,
    },
  )

export const localNow = ({ now, timeZone }: FunctionContext): bigint => utcToLocal(zoneOf(timeZone), now)

/** FLOOR(x TO unit) and CEIL(x TO unit): as in Calcite, weeks begin on Sunday. */
export const floorTime = js(['temporal', 'string'], firstType, toUnit(fromSunday(floorTo)), { coerce: temporals })
export const ceilTime = js(['temporal', 'string'], firstType, toUnit(fromSunday(ceilTo)), { coerce: temporals })

function fromSunday(round: typeof floorTo): typeof floorTo {
  return (micros, unit) => {
    if (unit !== 'week') return round(micros, unit)
    const monday = round(micros + MICROS_PER_DAY, unit)
    return monday === undefined ? undefined : monday - MICROS_PER_DAY
  }
}

/** Flink's TO_TIMESTAMP gives milliseconds. */
export const cutToMillis = (micros: bigint | undefined): Value =>
  micros === undefined ? null : floorDivide(micros, 1000n) * 1000n

export function parsedByPattern(
  text: string,
  pattern: string,
): { readonly local: bigint; readonly offset: bigint | undefined } {
  const parsed = parsePostgres(text, pattern)
  if (parsed === undefined) throw new RowError(failures.cast, `'${text}' does not fit the pattern '${pattern}'`)
  return parsed
}
