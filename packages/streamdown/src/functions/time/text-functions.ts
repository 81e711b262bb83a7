import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { floorDivide, MICROS_PER_DAY, MICROS_PER_SECOND, splitMicros } from '../../values/calendar.ts'
import { js, jsOrNull } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { formatNumber } from '../number-format/format.ts'
import { parseNumber } from '../number-format/parse.ts'
import { writable } from '../number-format/writable.ts'
import { asBigint, asCount, asInterval, asNumber, asText } from '../values.ts'
import { formatInterval } from './interval-format.ts'
import { formatJava, parseJava } from './java-format.ts'
import { formatPostgres } from './postgres-format.ts'
import {
  bigint,
  cutToMillis,
  date,
  define,
  epochOfText,
  localMicros,
  ltz3,
  ltz6,
  parsedByPattern,
  string,
  temporals,
  timestamp3,
  timestamp6,
  zoneOf,
} from './shared.ts'
import { parseDate, parseTimestampText, timestampText } from './text.ts'
import { findZone, localToUtc, utcToLocal } from './zone.ts'

/** Milliseconds in what TO_TIMESTAMP_LTZ counts by the precision. */
function millisOfUnit(precision: Value | undefined): number {
  const digits = precision === undefined ? 3 : asCount(precision)
  if (digits !== 0 && digits !== 3)
    throw new RowError(5, `the precision of TO_TIMESTAMP_LTZ is 0 (seconds) or 3 (milliseconds), not ${digits}`)
  return digits === 0 ? 1000 : 1
}

/** NULL where there is no such time. */
function instantOfMillis(millis: bigint): Value {
  const micros = millis * 1000n
  return BigInt.asIntN(64, micros) === micros ? micros : null
}

/** Times as text and numbers, and back. */
export const timeTextFunctions: readonly ScalarFunction[] = [
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
        if (days === undefined) throw new RowError(failures.cast, `'${asText(args[0])}' is not a valid DATE`)
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
        if (parsed === undefined) throw new RowError(failures.cast, `'${asText(args[0])}' is not a valid TIMESTAMP`)
        return parsed
      }),
    ],
  ),
  define(
    'to_timestamp_ltz',
    'An instant, to the millisecond, from seconds (precision 0) or milliseconds (3) since 1970, or from text in a zone.',
    [['TO_TIMESTAMP_LTZ(4001, 3) = TO_TIMESTAMP_LTZ(4001)', 'TRUE']],
    [
      jsOrNull(
        ['bigint', 'int'],
        ltz3,
        ([number, precision]) => instantOfMillis(asBigint(number) * BigInt(millisOfUnit(precision))),
        { optional: 1 },
      ),
      jsOrNull(
        ['double', 'int'],
        ltz3,
        ([number, precision]) => {
          const millis = Math.trunc(asNumber(number) * millisOfUnit(precision))
          return Number.isFinite(millis) ? instantOfMillis(BigInt(millis)) : null
        },
        { optional: 1 },
      ),
      jsOrNull(
        ['text', 'text', 'text'],
        ltz3,
        ([text, format, written], { timeZone }) => {
          const zone = findZone(written === undefined ? timeZone : asText(written))
          const local =
            format === undefined ? parseTimestampText(asText(text), undefined) : parseJava(asText(text), asText(format))
          if (local === undefined || zone === undefined) return null
          return cutToMillis(localToUtc(zone, local))
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
      js(['interval', 'text'], string, args => formatInterval(asInterval(args[0]), asText(args[1]))),
      js(['number', 'text'], string, (args, { types: all }) =>
        formatNumber(writable(args[0], all[0]), asText(args[1])),
      ),
    ],
  ),
  define(
    'to_number',
    "A text as number by PostgreSQL's patterns.",
    [["TO_NUMBER('12,454.8-', '99G999D9S')", '-12454.8']],
    [js(['text', 'text'], types.numeric, args => parseNumber(asText(args[0]), asText(args[1])))],
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
]
