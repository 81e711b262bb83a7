import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import { daysOf, floorDivide, splitMicros } from '../../values/calendar.ts'
import { roundHalfEven } from '../../values/interval.ts'
import { firstType, js } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asBigint, asNumber, asText } from '../values.ts'
import {
  bigint,
  clock,
  date,
  define,
  interval,
  localNow,
  ltz3,
  ltz6,
  makeTimestamp,
  timestamp3,
  timestamp6,
  zoneOf,
} from './shared.ts'
import { validDate } from './text.ts'
import { localToUtc, utcToLocal } from './zone.ts'

/** The clock, times made of their parts, and time zones. */
export const timeMakingFunctions: readonly ScalarFunction[] = [
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
          return zoned ? utcToLocal(zone, asBigint(args[1])) : localToUtc(zone, asBigint(args[1]), 'last')
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
        if (written === 0 || !validDate(value)) throw new RowError(failures.argument, 'there is no such date')
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
        const fields = hour >= 0 && minute >= 0 && minute <= 59 && second >= 0 && second <= 60
        const micros = fields ? Math.round(((hour * 60 + minute) * 60 + second) * 1e6) : Number.NaN
        // 24:00:00 is the end of the day.
        if (!(micros <= 86_400_000_000)) throw new RowError(failures.argument, 'there is no such time')
        return BigInt(micros)
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
    [
      ['MAKE_INTERVAL(0, 1, 0, 2)', '1 mon 2 days'],
      ['MAKE_INTERVAL(days => 10)', '+10 00:00:00.000'],
    ],
    [
      js(
        ['int', 'int', 'int', 'int', 'int', 'int', 'double'],
        interval,
        args => {
          const part = (i: number) => (args[i] === undefined ? 0 : Number(args[i]))
          const seconds = part(6) * 1e6
          if (!Number.isFinite(seconds)) throw new RowError(failures.overflow, 'interval out of range')
          return {
            months: part(0) * 12 + part(1),
            days: part(2) * 7 + part(3),
            micros: BigInt(part(4) * 60 + part(5)) * 60_000_000n + BigInt(roundHalfEven(seconds)),
          }
        },
        { optional: 7 },
      ),
    ],
    { parameterNames: ['years', 'months', 'weeks', 'days', 'hours', 'mins', 'secs'] },
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
    'to_unix_millis',
    'Milliseconds since 1970 of an instant.',
    [['TO_UNIX_MILLIS(TO_TIMESTAMP_LTZ(4, 0))', '4000']],
    [js(['timestamp'], bigint, args => floorDivide(asBigint(args[0]), 1000n))],
  ),
]
