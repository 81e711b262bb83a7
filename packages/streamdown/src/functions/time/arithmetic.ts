import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import { isInterval } from '../../types/value.ts'
import { addInterval, civilOf, daysInMonth, daysOf, splitMicros } from '../../values/calendar.ts'
import { negateInterval } from '../../values/interval.ts'
import { isTemporal } from '../common-type.ts'
import { js } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asBigint, asInterval, asText } from '../values.ts'
import { timeUnit } from './interval.ts'
import { justifyDays, justifyHours, justifyInterval } from './justify.ts'
import {
  addUnits,
  addUnitsType,
  age,
  bigint,
  binned,
  ceilTime,
  date,
  dateBin,
  define,
  differenceIn,
  double,
  extract,
  extractOfFlink,
  extractType,
  field,
  floorTime,
  int,
  interval,
  localMicros,
  timestamp6,
  truncate,
  truncateType,
  unitAmountTemporal,
  unitAndTwo,
  unitThenTemporal,
  zoneOf,
} from './shared.ts'
import { movedInZone } from './zone.ts'

/** Fields of times, rounding to units, moving and measuring. */
export const timeArithmeticFunctions: readonly ScalarFunction[] = [
  define(
    'extract',
    'A field (YEAR, MONTH, DAY, HOUR, EPOCH, DOW, ...) of a time or interval. DOW is 1 (Sunday) to 7 and MILLISECOND to NANOSECOND leave whole seconds out; in PostgreSQL DOW is 0 to 6 and they count them.',
    [
      ["EXTRACT(YEAR FROM DATE '2024-03-01')", '2024'],
      ["EXTRACT(HOUR FROM INTERVAL '5' HOUR)", '5'],
      ["EXTRACT(MILLISECOND FROM TIMESTAMP '2024-03-01 10:00:04.25')", '250'],
    ],
    [js(['string', 'temporal'], extractType, extractOfFlink, { coerce: unitThenTemporal })],
    { insteadIn: { functions: 'postgres', name: 'extract_postgres' } },
  ),
  define(
    'extract_postgres',
    'EXTRACT as PostgreSQL has it: DOW is 0 (Sunday) to 6, MILLISECOND counts whole seconds too.',
    [["EXTRACT_POSTGRES('dow', DATE '2024-03-03')", '0']],
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
    [
      js(['interval', 'timestamp', 'timestamp'], args => args[1]?.type ?? timestamp6, dateBin, {
        coerce: binned,
        optional: 1,
      }),
    ],
  ),
  ...(['date_add', 'date_subtract'] as const).map(name =>
    define(
      name,
      `The instant ${name === 'date_add' ? 'after' : 'before'} an interval, whose days and months pass in a zone, or that of the session.`,
      [
        [
          `${name}(TO_TIMESTAMP_LTZ(1729941300, 0), INTERVAL '1' DAY, 'Europe/Berlin') = TO_TIMESTAMP_LTZ(${name === 'date_add' ? 1730031300 : 1729854900}, 0)`,
          'TRUE',
        ],
      ],
      [
        js(
          ['timestamp', 'interval', 'string'],
          types.timestampLtz(6),
          (args, { timeZone }) => {
            const by = asInterval(args[1])
            const zone = zoneOf(args[2] === undefined ? timeZone : asText(args[2]))
            return movedInZone(asBigint(args[0]), name === 'date_add' ? by : negateInterval(by), zone)
          },
          { optional: 1 },
        ),
      ],
    ),
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
          if (difference === undefined) throw new RowError(failures.argument, `${asText(args[0])} is no time unit`)
          if (difference > 2147483647n || difference < -2147483648n)
            throw new RowError(failures.overflow, 'the difference does not fit INT')
          return Number(difference)
        },
        { coerce: unitAndTwo },
      ),
    ],
    { aliases: ['datediff'] },
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
    [["JUSTIFY_HOURS(INTERVAL '27' HOUR)", '+1 03:00:00.000']],
    [js(['interval'], interval, args => justifyHours(asInterval(args[0])))],
  ),
  define(
    'justify_days',
    'The interval with every 30 days as a month.',
    [["JUSTIFY_DAYS(INTERVAL '35' DAY)", '1 mon 5 days']],
    [js(['interval'], interval, args => justifyDays(asInterval(args[0])))],
  ),
  define(
    'justify_interval',
    'The interval with every 24 hours as a day, every 30 days as a month, and one sign.',
    [["JUSTIFY_INTERVAL(INTERVAL '1' MONTH - INTERVAL '1' HOUR)", '+29 23:00:00.000']],
    [js(['interval'], interval, args => justifyInterval(asInterval(args[0])))],
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
    'isfinite',
    'Whether the time is finite: always.',
    [["ISFINITE(DATE '2024-01-01')", 'TRUE']],
    [js(['each'], types.boolean, () => true)],
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
