import { type DataType, types } from '../../types/data-type.ts'
import type { Interval, Value } from '../../types/value.ts'
import {
  addInterval,
  addMonths,
  civilOf,
  daysInMonth,
  daysOf,
  floorDivide,
  joinMicros,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  splitMicros,
} from '../../values/calendar.ts'
import { isTemporal } from '../common-type.ts'
import { definer, type FunctionContext, firstType, js, jsOrNull } from '../define.ts'
import { type Coerce, RowError, type ScalarFunction, type Signature } from '../definition.ts'
import { asBigint, asCount, asInterval, asNumber, asText, isInterval } from '../values.ts'
import { ceilTo, fieldDigits, floorTo, monthsBetween } from './fields.ts'
import { intervalOf, negateInterval, timeUnit } from './interval.ts'
import { formatJava, parseJava } from './java-format.ts'
import { formatPostgres, parsePostgres } from './postgres-format.ts'
import { parseDate, parseTimestampText, timestampText, validDate } from './text.ts'
import { findZone, localToUtc, utcToLocal, type Zone } from './zone.ts'

const define = definer('time')
const { string, int, bigint, double, date, interval } = types
const timestamp3 = types.timestamp(3)
const timestamp6 = types.timestamp(6)
const ltz3 = types.timestampLtz(3)
const ltz6 = types.timestampLtz(6)

export function zoneOf(name: string): Zone {
  const zone = findZone(name)
  if (zone === undefined) throw new RowError(5, `there is no time zone ${name}`)
  return zone
}

/** Local µs of any time type: a TIMESTAMP_LTZ in the session's zone, a DATE at midnight, a TIME on 1970-01-01. */
export function localMicros(value: Value | undefined, type: DataType | undefined, timeZone: string): bigint {
  if (type?.is === 'date') return joinMicros({ days: asNumber(value), micros: 0 })
  if (type?.is === 'timestamp' && type.zoned) return utcToLocal(zoneOf(timeZone), asBigint(value))
  return asBigint(value)
}

/** Local µs back as the type. */
function fromLocal(micros: bigint, type: DataType, timeZone: string): Value {
  if (type.is === 'date') return Number(floorDivide(micros, MICROS_PER_DAY))
  if (type.is === 'timestamp' && type.zoned) return localToUtc(zoneOf(timeZone), micros)
  return micros
}

const temporals: Coerce = args => {
  const [first] = args
  if (first === undefined || !isTemporal(first.type)) return undefined
  return args.map((arg, i) => (i === 0 ? arg.type : string))
}

const unitThenTemporal: Coerce = ([unit, value, zone]) => {
  if (unit?.type.is !== 'string' || value === undefined) return undefined
  if (!isTemporal(value.type) && value.type.is !== 'interval' && value.type.is !== 'null') return undefined
  return zone === undefined ? [string, value.type] : [string, value.type, string]
}

/** EXTRACT gives BIGINT in Flink; in PostgreSQL a DECIMAL where the field has a fraction. */
const extractType: Signature['returns'] = (args, rules) =>
  rules.functions === 'postgres' && fractional.has(String(args[0]?.literal).toUpperCase())
    ? types.decimal(38, 6)
    : bigint

const fractional = new Set(['EPOCH', 'SECOND', 'SECONDS', 'MILLISECOND', 'MILLISECONDS', 'JULIAN'])

function extract(args: readonly Value[], { types: all, returns, timeZone }: FunctionContext): Value {
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
  if (digits === undefined) throw new RowError(5, `${field} is no field of a ${type?.is ?? 'time'}`)
  if (returns.is === 'decimal') return digits
  const whole = floorDivide(digits, 1_000_000n)
  if (returns.is === 'double') return Number(digits) / 1e6
  return returns.is === 'int' ? Number(whole) : whole
}

const field = (
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
        extract([unit, value ?? null], {
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

const smallUnits = new Set(['hour', 'minute', 'second', 'millisecond', 'microsecond'])

/** The interval of DATE_TRUNC, or the start of the unit in local time. */
function truncate(args: readonly Value[], { types: all, returns, timeZone }: FunctionContext): Value {
  const unit = timeUnit(asText(args[0]))
  const value = args[1]
  if (isInterval(value)) return truncateInterval(value, unit)
  const zone = args[2] === undefined ? timeZone : asText(args[2])
  const part = all[1]
  const local = localMicros(value, all[1], zone)
  const start = floorTo(local, unit)
  // Within a day the offset stays: the hour that occurs twice keeps its side.
  const within = part?.is === 'timestamp' && part.zoned && smallUnits.has(unit)
  if (start !== undefined && within) return asBigint(value) - (local - start)
  if (start === undefined) throw new RowError(5, `${unit} is no unit to truncate to`)
  return fromLocal(start, returns, zone)
}

function truncateInterval(
  { months, days, micros }: { months: number; days: number; micros: bigint },
  unit: string,
): Value {
  const size: Record<string, number> = { year: 12, quarter: 3, month: 1, decade: 120, century: 1200, millennium: 12000 }
  const wide = size[unit]
  if (wide !== undefined) return { months: Math.trunc(months / wide) * wide, days: 0, micros: 0n }
  if (unit === 'day' || unit === 'week')
    return { months, days: unit === 'day' ? days : Math.trunc(days / 7) * 7, micros: 0n }
  const part = intervalOf(1, unit)
  return part === undefined || part.micros === 0n
    ? { months, days, micros }
    : { months, days, micros: micros - (micros % part.micros) }
}

const truncateType: Signature['returns'] = ([, value], rules) => {
  const type = value?.type ?? timestamp6
  return type.is === 'date' && rules.functions === 'postgres' ? timestamp6 : type
}

const toUnit =
  (round: typeof floorTo) =>
  (args: readonly Value[], { types: all, timeZone }: FunctionContext): Value => {
    const [type = timestamp6] = all
    const start = round(localMicros(args[0], type, timeZone), timeUnit(asText(args[1])))
    if (start === undefined) throw new RowError(5, `${asText(args[1])} is no unit to round to`)
    return fromLocal(start, type, timeZone)
  }

function addUnits(args: readonly Value[], { types: all, returns, timeZone }: FunctionContext): Value {
  const unit = timeUnit(asText(args[0]))
  const amount = intervalOf(asCount(args[1]), unit)
  if (amount === undefined) throw new RowError(5, `${unit} is no time unit`)
  const type = all[2]
  if (type?.is === 'time')
    return (((asBigint(args[2]) + amount.micros) % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY
  return fromLocal(addInterval(localMicros(args[2], type, timeZone), amount), returns, timeZone)
}

const addUnitsType: Signature['returns'] = args => {
  const type = args[2]?.type ?? timestamp6
  const unit = timeUnit(String(args[0]?.literal ?? 'day'))
  return type.is === 'date' && ['hour', 'minute', 'second', 'millisecond', 'microsecond'].includes(unit)
    ? timestamp3
    : type
}

/** Whole units between two times, toward zero. */
function differenceIn(unit: string, from: bigint, to: bigint): bigint | undefined {
  const months: Record<string, bigint> = { month: 1n, quarter: 3n, year: 12n, decade: 120n, century: 1200n }
  const size = months[unit]
  if (size !== undefined) return BigInt(monthsBetween(from, to)) / size
  const part = intervalOf(1, unit)
  if (part === undefined) return undefined
  return (to - from) / (BigInt(part.days) * MICROS_PER_DAY + part.micros)
}

const unitAndTwo: Coerce = ([unit, a, b]) => {
  if (unit?.type.is !== 'string' || a === undefined || b === undefined) return undefined
  const types = [a, b].map(arg =>
    isTemporal(arg.type) ? arg.type : arg.type.is === 'string' && arg.literal !== undefined ? timestamp6 : undefined,
  )
  const [x, y] = types
  return x === undefined || y === undefined ? undefined : [string, x, y]
}

const unitAmountTemporal: Coerce = ([unit, amount, value]) => {
  if (unit?.type.is !== 'string' || amount === undefined || value === undefined || !isTemporal(value.type))
    return undefined
  return [string, bigint, value.type]
}

/** Seconds since 1970 of a text in the session's zone. */
const epochOfText = (text: string, pattern: string | undefined, timeZone: string): bigint | undefined => {
  const local = pattern === undefined ? parseTimestampText(text, undefined) : parseJava(text, pattern)
  return local === undefined ? undefined : localToUtc(zoneOf(timeZone), local)
}

function makeTimestamp(args: readonly Value[]): bigint {
  const [year, month, day, hour, minute] = args.slice(0, 5).map(value => asCount(value))
  const seconds = asNumber(args[5])
  const actual = { year: (year ?? 0) < 0 ? (year ?? 0) + 1 : (year ?? 0), month: month ?? 0, day: day ?? 0 }
  if (year === 0 || !validDate(actual)) throw new RowError(5, 'there is no such date')
  if ((hour ?? 0) < 0 || (hour ?? 0) > 24 || (minute ?? 0) < 0 || (minute ?? 0) > 59 || seconds < 0 || seconds > 60)
    throw new RowError(5, 'there is no such time')
  return (
    joinMicros({ days: daysOf(actual.year, actual.month, actual.day), micros: 0 }) +
    BigInt(((hour ?? 0) * 60 + (minute ?? 0)) * 60) * MICROS_PER_SECOND +
    BigInt(Math.round(seconds * 1e6))
  )
}

/** Field by field, days borrowed from the month of the earlier time, as PostgreSQL does. */
function age(to: bigint, from: bigint): Interval {
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

function dateBin(args: readonly Value[], { types: all, returns, timeZone }: FunctionContext): Value {
  const { months, days, micros } = asInterval(args[0])
  const size = BigInt(days) * MICROS_PER_DAY + micros
  if (months !== 0 || size <= 0n) throw new RowError(5, 'the stride must be a positive time without months')
  const value = localMicros(args[1], all[1], timeZone)
  const origin = args[2] === undefined ? 0n : localMicros(args[2], all[2], timeZone)
  return fromLocal(origin + floorDivide(value - origin, size) * size, returns, timeZone)
}

const clock = (
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

const localNow = ({ now, timeZone }: FunctionContext): bigint => utcToLocal(zoneOf(timeZone), now)

/** FLOOR(x TO unit) and CEIL(x TO unit). */
export const floorTime = js(['temporal', 'string'], firstType, toUnit(floorTo), { coerce: temporals })
export const ceilTime = js(['temporal', 'string'], firstType, toUnit(ceilTo), { coerce: temporals })

export const timeFunctions: readonly ScalarFunction[] = [
  define(
    'extract',
    'A field (YEAR, MONTH, DAY, HOUR, EPOCH, DOW, ...) of a time or interval.',
    [
      ["EXTRACT(YEAR FROM DATE '2024-03-01')", '2024'],
      ["EXTRACT(HOUR FROM INTERVAL '5' HOUR)", '5'],
    ],
    [js(['string', 'temporal'], extractType, extract, { coerce: unitThenTemporal })],
  ),
  define(
    'date_part',
    'A field of a time or interval, by its name.',
    [["DATE_PART('month', DATE '2024-03-01')", '3']],
    [js(['string', 'temporal'], double, extract, { coerce: unitThenTemporal })],
    { aliases: ['datepart'] },
  ),
  field('year', 'YEAR', 'The year.', "YEAR(DATE '2024-03-01')", '2024'),
  field('quarter', 'QUARTER', 'The quarter, 1 to 4.', "QUARTER(DATE '2024-05-01')", '2'),
  field('month', 'MONTH', 'The month, 1 to 12.', "MONTH(DATE '2024-03-01')", '3'),
  field('week', 'WEEK', 'The ISO week, 1 to 53.', "WEEK(DATE '2024-01-08')", '2'),
  field('dayofyear', 'DOY', 'The day of the year, 1 to 366.', "DAYOFYEAR(DATE '2024-02-01')", '32'),
  field('dayofmonth', 'DAY', 'The day of the month, 1 to 31.', "DAYOFMONTH(DATE '2024-02-09')", '9', ['day']),
  define(
    'dayofweek',
    'The day of the week, 1 (Sunday) to 7.',
    [["DAYOFWEEK(DATE '2024-01-01')", '2']],
    [
      js(['temporal'], bigint, (args, { types: all, timeZone }) =>
        BigInt(((((splitMicros(localMicros(args[0], all[0], timeZone)).days + 4) % 7) + 7) % 7) + 1),
      ),
    ],
  ),
  field('hour', 'HOUR', 'The hour, 0 to 23.', "HOUR(TIMESTAMP '2024-01-01 13:14:15')", '13'),
  field('minute', 'MINUTE', 'The minute, 0 to 59.', "MINUTE(TIMESTAMP '2024-01-01 13:14:15')", '14'),
  field('second', 'SECOND', 'The second, 0 to 59.', "SECOND(TIMESTAMP '2024-01-01 13:14:15')", '15'),
  define(
    'date_trunc',
    'The start of the unit that the time lies in.',
    [["DATE_TRUNC('hour', TIMESTAMP '2024-01-01 13:14:15')", '2024-01-01 13:00:00']],
    [js(['string', 'temporal', 'string'], truncateType, truncate, { coerce: unitThenTemporal, optional: 1 })],
  ),
  define(
    'floor_to',
    'The start of the unit that the time lies in: FLOOR(x TO unit).',
    [["FLOOR(TIMESTAMP '2024-01-01 13:14:15' TO HOUR)", '2024-01-01 13:00:00']],
    [floorTime],
  ),
  define(
    'ceil_to',
    'The start of the next unit, the time itself at a start: CEIL(x TO unit).',
    [["CEIL(TIMESTAMP '2024-01-01 13:14:15' TO HOUR)", '2024-01-01 14:00:00']],
    [ceilTime],
  ),
  define(
    'date_bin',
    'The start of the bin, of a fixed length from an origin on, that the time lies in.',
    [
      [
        "DATE_BIN(INTERVAL '15' MINUTE, TIMESTAMP '2024-01-01 13:14:15', TIMESTAMP '2024-01-01 00:00:00')",
        '2024-01-01 13:00:00',
      ],
    ],
    [js(['interval', 'timestamp', 'timestamp'], args => args[1]?.type ?? timestamp6, dateBin, { optional: 1 })],
  ),
  define(
    'timestampadd',
    'The time moved by so many units.',
    [["TIMESTAMPADD(DAY, 1, TIMESTAMP '2024-01-31 00:00:00')", '2024-02-01 00:00:00']],
    [js(['string', 'bigint', 'temporal'], addUnitsType, addUnits, { coerce: unitAmountTemporal })],
    { aliases: ['dateadd'] },
  ),
  define(
    'timestampdiff',
    'Whole units from the first time to the second.',
    [["TIMESTAMPDIFF(HOUR, TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-01 05:30:00')", '5']],
    [
      js(
        ['string', 'temporal', 'temporal'],
        int,
        (args, { types: all, timeZone }) => {
          const difference = differenceIn(
            timeUnit(asText(args[0])),
            localMicros(args[1], all[1], timeZone),
            localMicros(args[2], all[2], timeZone),
          )
          if (difference === undefined) throw new RowError(5, `${asText(args[0])} is no time unit`)
          if (difference > 2147483647n || difference < -2147483648n)
            throw new RowError(3, 'the difference does not fit INT')
          return Number(difference)
        },
        { coerce: unitAndTwo },
      ),
    ],
    { aliases: ['datediff'] },
  ),
  define(
    'date_format',
    'The time as text by a Java pattern (yyyy-MM-dd HH:mm:ss.SSS).',
    [["DATE_FORMAT(TIMESTAMP '2024-03-01 13:14:15', 'yyyy-MM-dd HH:mm')", '2024-03-01 13:14']],
    [
      js(
        ['temporal', 'string'],
        string,
        (args, { types: all, timeZone }) =>
          formatJava(localMicros(args[0], all[0], timeZone), asText(args[1]), timeZone),
        { coerce: temporals },
      ),
      jsOrNull(['text', 'text'], string, (args, { timeZone }) => {
        const parsed = parseTimestampText(asText(args[0]), undefined)
        return parsed === undefined ? null : formatJava(parsed, asText(args[1]), timeZone)
      }),
    ],
  ),
  define(
    'to_date',
    'A text as date, by a Java pattern where it is not yyyy-MM-dd; NULL where it does not fit.',
    [["TO_DATE('2024-03-01')", '2024-03-01']],
    [
      jsOrNull(['text'], date, args => parseDate(asText(args[0])) ?? null),
      jsOrNull(['text', 'text'], date, args => {
        const parsed = parseJava(asText(args[0]), asText(args[1]))
        return parsed === undefined ? null : Number(floorDivide(parsed, MICROS_PER_DAY))
      }),
    ],
    { insteadIn: { functions: 'postgres', name: 'to_date_postgres' } },
  ),
  define(
    'date',
    'The date of a time, or of a text.',
    [["DATE(TIMESTAMP '2024-03-01 13:14:15')", '2024-03-01']],
    [
      js(
        ['temporal'],
        date,
        (args, { types: all, timeZone }) => splitMicros(localMicros(args[0], all[0], timeZone)).days,
      ),
      js(['text'], date, args => {
        const days = parseDate(asText(args[0]))
        if (days === undefined) throw new RowError(4, `'${asText(args[0])}' is not a valid DATE`)
        return days
      }),
    ],
  ),
  define(
    'to_date_postgres',
    "TO_DATE with PostgreSQL's patterns (YYYY-MM-DD).",
    [["to_date_postgres('01 03 2024', 'DD MM YYYY')", '2024-03-01']],
    [
      js(['text', 'text'], date, args =>
        Number(floorDivide(parsedByPattern(asText(args[0]), asText(args[1])).local, MICROS_PER_DAY)),
      ),
    ],
    { aliases: ['char_to_date'] },
  ),
  define(
    'to_timestamp',
    'A text as TIMESTAMP, by a Java pattern where it is not yyyy-MM-dd HH:mm:ss; NULL where it does not fit.',
    [["TO_TIMESTAMP('2024-03-01 13:14:15')", '2024-03-01 13:14:15']],
    [
      jsOrNull(['text'], timestamp3, args => cutToMillis(parseTimestampText(asText(args[0]), undefined))),
      jsOrNull(['text', 'text'], timestamp3, args => cutToMillis(parseJava(asText(args[0]), asText(args[1])))),
      js(['bigint'], timestamp3, args => asBigint(args[0]) * MICROS_PER_SECOND),
      js(['double'], timestamp3, args => BigInt(Math.round(asNumber(args[0]) * 1e6))),
    ],
    { insteadIn: { functions: 'postgres', name: 'to_timestamp_postgres' } },
  ),
  define(
    'to_timestamp_postgres',
    'TO_TIMESTAMP as PostgreSQL has it: an instant from seconds since 1970, or from text by a pattern.',
    [["to_timestamp_postgres('2024 03 01', 'YYYY MM DD') = TIMESTAMP '2024-03-01 00:00:00'", 'TRUE']],
    [
      js(['double'], ltz6, args => BigInt(Math.round(asNumber(args[0]) * 1e6))),
      js(['text', 'text'], ltz6, (args, { timeZone }) => {
        const { local, offset } = parsedByPattern(asText(args[0]), asText(args[1]))
        return offset === undefined ? localToUtc(zoneOf(timeZone), local) : local - offset
      }),
      js(['text'], timestamp6, args => {
        const parsed = parseTimestampText(asText(args[0]), undefined)
        if (parsed === undefined) throw new RowError(4, `'${asText(args[0])}' is not a valid TIMESTAMP`)
        return parsed
      }),
    ],
  ),
  define(
    'to_timestamp_ltz',
    'An instant from seconds (precision 0) or milliseconds (3) since 1970, or from text.',
    [['TO_TIMESTAMP_LTZ(4001, 3) = TO_TIMESTAMP_LTZ(4001)', 'TRUE']],
    [
      jsOrNull(
        ['bigint', 'int'],
        ltz3,
        args => {
          const precision = args[1] === undefined ? 3 : asCount(args[1])
          return precision === 0
            ? asBigint(args[0]) * MICROS_PER_SECOND
            : precision === 3
              ? asBigint(args[0]) * 1000n
              : asBigint(args[0])
        },
        { optional: 1 },
      ),
      js(['double', 'int'], ltz3, args => BigInt(Math.trunc(asNumber(args[0]) * (asCount(args[1]) === 0 ? 1e6 : 1e3)))),
      jsOrNull(
        ['text', 'text', 'text'],
        ltz3,
        (args, { timeZone }) => {
          const zone = zoneOf(args[2] === undefined ? timeZone : asText(args[2]))
          const local =
            args[1] === undefined
              ? parseTimestampText(asText(args[0]), undefined)
              : parseJava(asText(args[0]), asText(args[1]))
          return local === undefined ? null : localToUtc(zone, local)
        },
        { optional: 2 },
      ),
    ],
  ),
  define(
    'from_unixtime',
    'Seconds since 1970 as text in the session zone, by a Java pattern.',
    [['FROM_UNIXTIME(44)', '1970-01-01 00:00:44']],
    [
      js(
        ['bigint', 'text'],
        string,
        (args, { timeZone }) => {
          const local = utcToLocal(zoneOf(timeZone), asBigint(args[0]) * MICROS_PER_SECOND)
          return args[1] === undefined ? timestampText(local, 0) : formatJava(local, asText(args[1]), timeZone)
        },
        { optional: 1 },
      ),
    ],
  ),
  define(
    'unix_timestamp',
    'Seconds since 1970: of a text in the session zone (by a Java pattern), or of now.',
    [["UNIX_TIMESTAMP('1970-01-01 00:00:44')", '44']],
    [
      js([], bigint, (_, { now }) => floorDivide(now, MICROS_PER_SECOND), { nullable: false }),
      js(
        ['text', 'text'],
        bigint,
        (args, { timeZone }) => {
          const parsed = epochOfText(asText(args[0]), args[1] === undefined ? undefined : asText(args[1]), timeZone)
          return parsed === undefined ? -(2n ** 63n) : floorDivide(parsed, MICROS_PER_SECOND)
        },
        { optional: 1 },
      ),
    ],
    { deterministic: false },
  ),
  define(
    'to_char',
    "A time or number as text by PostgreSQL's patterns.",
    [["TO_CHAR(TIMESTAMP '2024-03-01 13:14:15', 'YYYY-MM-DD HH24:MI:SS')", '2024-03-01 13:14:15']],
    [
      js(
        ['temporal', 'string'],
        string,
        (args, { types: all, timeZone }) =>
          formatPostgres(
            localMicros(args[0], all[0], timeZone),
            asText(args[1]),
            all[0]?.is === 'timestamp' && all[0].zoned
              ? { zone: timeZone, offset: zoneOf(timeZone).offsetAt(asBigint(args[0])) }
              : undefined,
          ),
        { coerce: temporals },
      ),
      js(['interval', 'text'], string, args => {
        const { months, days, micros } = asInterval(args[0])
        return formatPostgres(
          joinMicros({ days: addMonths(daysOf(0, 1, 1), months) + days, micros: 0 }) + micros,
          asText(args[1]),
          undefined,
        )
      }),
    ],
  ),
  define(
    'convert_tz',
    'A local time as text in one zone, as the local time in another.',
    [["CONVERT_TZ('1970-01-01 00:00:00', 'UTC', 'America/Los_Angeles')", '1969-12-31 16:00:00']],
    [
      jsOrNull(['text', 'text', 'text'], string, args => {
        const local = parseTimestampText(asText(args[0]), undefined)
        if (local === undefined) return null
        return timestampText(utcToLocal(zoneOf(asText(args[2])), localToUtc(zoneOf(asText(args[1])), local)), 0)
      }),
    ],
  ),
  define(
    'at_time_zone',
    'A TIMESTAMP as an instant in a zone; an instant as local time there.',
    [["TIMESTAMP '2024-07-01 12:00:00' AT TIME ZONE 'Europe/Berlin' = TO_TIMESTAMP_LTZ(1719828000, 0)", 'TRUE']],
    [
      js(
        ['timestamp', 'string'],
        args => {
          const type = firstType(args)
          return type.is === 'timestamp' ? { ...type, zoned: !type.zoned } : ltz6
        },
        (args, { types: all }) => {
          const zone = zoneOf(asText(args[1]))
          const zoned = all[0]?.is === 'timestamp' && all[0].zoned
          return zoned ? utcToLocal(zone, asBigint(args[0])) : localToUtc(zone, asBigint(args[0]))
        },
      ),
    ],
    { insteadIn: { functions: 'postgres', name: 'at_time_zone_last' } },
  ),
  define(
    'at_time_zone_last',
    'AT TIME ZONE that takes the last of two moments where a local time occurs twice.',
    [["at_time_zone_last(TIMESTAMP '2024-10-27 02:30:00', 'Europe/Berlin') = TO_TIMESTAMP_LTZ(1729992600, 0)", 'TRUE']],
    [
      js(
        ['timestamp', 'string'],
        args => {
          const type = firstType(args)
          return type.is === 'timestamp' ? { ...type, zoned: !type.zoned } : ltz6
        },
        (args, { types: all }) => {
          const zone = zoneOf(asText(args[1]))
          const zoned = all[0]?.is === 'timestamp' && all[0].zoned
          return zoned ? utcToLocal(zone, asBigint(args[0])) : localToUtc(zone, asBigint(args[0]), 'last')
        },
      ),
    ],
  ),
  define(
    'timezone',
    'AT TIME ZONE with the zone first.',
    [["TIMEZONE('UTC', TO_TIMESTAMP_LTZ(0, 0))", '1970-01-01 00:00:00']],
    [
      js(
        ['string', 'timestamp'],
        args => {
          const type = args[1]?.type
          return type?.is === 'timestamp' ? { ...type, zoned: !type.zoned } : ltz6
        },
        (args, { types: all }) => {
          const zone = zoneOf(asText(args[0]))
          const zoned = all[1]?.is === 'timestamp' && all[1].zoned
          return zoned ? utcToLocal(zone, asBigint(args[1])) : localToUtc(zone, asBigint(args[1]))
        },
      ),
    ],
  ),
  clock(
    'current_timestamp',
    'The processing time, as an instant.',
    ltz3,
    'CURRENT_TIMESTAMP IS NOT NULL',
    ({ now }) => now,
    ['now', 'current_row_timestamp', 'proctime', 'transaction_timestamp', 'statement_timestamp', 'clock_timestamp'],
  ),
  clock(
    'localtimestamp',
    'The processing time in the session zone.',
    timestamp3,
    'LOCALTIMESTAMP IS NOT NULL',
    localNow,
  ),
  clock(
    'current_date',
    'The date of the processing time in the session zone.',
    date,
    'CURRENT_DATE IS NOT NULL',
    context => splitMicros(localNow(context)).days,
  ),
  clock(
    'localtime',
    'The time of day of the processing time in the session zone.',
    types.time(0),
    'LOCALTIME IS NOT NULL',
    context => {
      const { micros } = splitMicros(localNow(context))
      return BigInt(micros - (micros % 1_000_000))
    },
    ['current_time'],
  ),
  define(
    'make_date',
    'A date of year, month and day; years before 1 are negative.',
    [['MAKE_DATE(2024, 2, 29)', '2024-02-29']],
    [
      js(['int', 'int', 'int'], date, args => {
        const written = asNumber(args[0])
        const value = { year: written < 0 ? written + 1 : written, month: asNumber(args[1]), day: asNumber(args[2]) }
        if (written === 0 || !validDate(value)) throw new RowError(5, 'there is no such date')
        return daysOf(value.year, value.month, value.day)
      }),
    ],
  ),
  define(
    'make_time',
    'A time of hour, minute and seconds.',
    [['MAKE_TIME(8, 15, 23.5)', '08:15:23.5']],
    [
      js(['int', 'int', 'double'], types.time(6), args => {
        const [hour, minute, second] = [asNumber(args[0]), asNumber(args[1]), asNumber(args[2])]
        if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60)
          throw new RowError(5, 'there is no such time')
        return BigInt((hour * 60 + minute) * 60) * MICROS_PER_SECOND + BigInt(Math.round(second * 1e6))
      }),
    ],
  ),
  define(
    'make_timestamp',
    'A TIMESTAMP of year, month, day, hour, minute and seconds.',
    [['MAKE_TIMESTAMP(2024, 2, 29, 8, 15, 23.5)', '2024-02-29 08:15:23.5']],
    [js(['int', 'int', 'int', 'int', 'int', 'double'], timestamp6, makeTimestamp)],
  ),
  define(
    'make_timestamptz',
    'An instant of its local parts, in a zone or that of the session.',
    [["MAKE_TIMESTAMPTZ(2024, 2, 29, 8, 15, 23, 'UTC') IS NOT NULL", 'TRUE']],
    [
      js(
        ['int', 'int', 'int', 'int', 'int', 'double', 'text'],
        ltz6,
        (args, { timeZone }) =>
          localToUtc(zoneOf(args[6] === undefined ? timeZone : asText(args[6])), makeTimestamp(args)),
        { optional: 1 },
      ),
    ],
  ),
  define(
    'make_interval',
    'An interval of years, months, weeks, days, hours, minutes and seconds.',
    [['MAKE_INTERVAL(0, 1, 0, 2)', '1 mon 2 days']],
    [
      js(
        ['int', 'int', 'int', 'int', 'int', 'int', 'double'],
        interval,
        args => {
          const part = (i: number) => (args[i] === undefined ? 0 : Number(args[i]))
          return {
            months: part(0) * 12 + part(1),
            days: part(2) * 7 + part(3),
            micros: BigInt(Math.round((part(4) * 3600 + part(5) * 60 + part(6)) * 1e6)),
          }
        },
        { optional: 7 },
      ),
    ],
  ),
  define(
    'age',
    'Years, months, days and time from the second time to the first.',
    [["AGE(TIMESTAMP '2024-03-01 00:00:00', TIMESTAMP '2023-01-15 00:00:00')", '1 year 1 mon 17 days']],
    [
      js(['timestamp', 'timestamp'], interval, (args, { types: all, timeZone }) =>
        age(localMicros(args[0], all[0], timeZone), localMicros(args[1], all[1], timeZone)),
      ),
    ],
  ),
  define(
    'justify_hours',
    'The interval with every 24 hours as a day.',
    [["JUSTIFY_HOURS(INTERVAL '27' HOUR)", '1 day 03:00:00']],
    [
      js(['interval'], interval, args => {
        const { months, days, micros } = asInterval(args[0])
        return { months, days: days + Number(micros / MICROS_PER_DAY), micros: micros % MICROS_PER_DAY }
      }),
    ],
  ),
  define(
    'justify_days',
    'The interval with every 30 days as a month.',
    [["JUSTIFY_DAYS(INTERVAL '35' DAY)", '1 mon 5 days']],
    [
      js(['interval'], interval, args => {
        const { months, days, micros } = asInterval(args[0])
        return { months: months + Math.trunc(days / 30), days: days % 30, micros }
      }),
    ],
  ),
  define(
    'last_day',
    'The last day of the month.',
    [["LAST_DAY(DATE '2024-02-05')", '2024-02-29']],
    [
      js(['temporal'], date, (args, { types: all, timeZone }) => {
        const { year, month } = civilOf(splitMicros(localMicros(args[0], all[0], timeZone)).days)
        return daysOf(year, month, daysInMonth(year, month))
      }),
    ],
  ),
  define(
    'current_watermark',
    'The watermark of the rows before this one, NULL while there is none; in the type of the time column.',
    [],
    [
      {
        parameters: ['timestamp'],
        returns: firstType,
        nullable: true,
        implementation: { is: 'inline' },
        coerce: ([time]) => (time?.type.is === 'timestamp' ? [time.type] : undefined),
      },
    ],
    { deterministic: false },
  ),
  define(
    'isfinite',
    'Whether the time is finite: always.',
    [["ISFINITE(DATE '2024-01-01')", 'TRUE']],
    [js(['each'], types.boolean, () => true)],
  ),
  define(
    'to_unix_millis',
    'Milliseconds since 1970 of an instant.',
    [['TO_UNIX_MILLIS(TO_TIMESTAMP_LTZ(4, 0))', '4000']],
    [js(['timestamp'], bigint, args => floorDivide(asBigint(args[0]), 1000n))],
  ),
  define(
    'overlaps',
    'Whether two spans of time, each from its start to its end, have a moment in common.',
    [["OVERLAPS(DATE '2024-01-01', DATE '2024-01-05', DATE '2024-01-04', DATE '2024-01-09')", 'TRUE']],
    [
      js(
        ['temporal', 'temporal', 'temporal', 'temporal'],
        types.boolean,
        (args, { types: all, timeZone }) => {
          const at = (i: number): bigint => {
            const value = args[i]
            return isInterval(value) ? addInterval(at(i - 1), value) : localMicros(value, all[i], timeZone)
          }
          const [a, b, c, d] = [at(0), at(1), at(2), at(3)]
          const [from, to] = a <= b ? [a, b] : [b, a]
          const [start, end] = c <= d ? [c, d] : [d, c]
          if (from === to || start === end) return from === start || (from > start ? from < end : start < to)
          return from < end && start < to
        },
        {
          coerce: args =>
            args.length === 4 && args.every(arg => isTemporal(arg.type) || arg.type.is === 'interval')
              ? args.map(arg => arg.type)
              : undefined,
        },
      ),
    ],
  ),
]

/** Flink's TO_TIMESTAMP gives milliseconds. */
const cutToMillis = (micros: bigint | undefined): Value =>
  micros === undefined ? null : floorDivide(micros, 1000n) * 1000n

function parsedByPattern(
  text: string,
  pattern: string,
): { readonly local: bigint; readonly offset: bigint | undefined } {
  const parsed = parsePostgres(text, pattern)
  if (parsed === undefined) throw new RowError(4, `'${text}' does not fit the pattern '${pattern}'`)
  return parsed
}
