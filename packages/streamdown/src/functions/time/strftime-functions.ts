import { types } from '../../types/data-type.ts'
import { joinMicros, MICROS_PER_DAY, MICROS_PER_SECOND } from '../../values/calendar.ts'
import { js, jsOrNull } from '../define.ts'
import type { ScalarFunction, Signature } from '../definition.ts'
import { asText } from '../values.ts'
import { date, define, localMicros, string, timestamp6 } from './shared.ts'
import { formatStrftime } from './strftime.ts'
import { daysOfFields, microsOfFields, parseStrftime } from './strptime.ts'

const time6 = types.time(6)

const formats = (...of: readonly ('date' | 'time' | 'timestamp')[]): readonly Signature[] =>
  of.map(type =>
    js(['text', type], string, (args, { types: all, timeZone }) =>
      formatStrftime(localMicros(args[1], all[1], timeZone), asText(args[0])),
    ),
  )

/** Times as text and back by the patterns of C's strftime, as BigQuery and Feldera name the functions. */
export const strftimeFunctions: readonly ScalarFunction[] = [
  define(
    'format_date',
    'A date as text by a strftime pattern.',
    [["FORMAT_DATE('%Y-%m', DATE '2020-10-10')", '2020-10']],
    formats('date', 'timestamp'),
  ),
  define(
    'format_time',
    'A time as text by a strftime pattern.',
    [["FORMAT_TIME('%H-%M-%S', TIME '10:00:00')", '10-00-00']],
    formats('time', 'timestamp'),
  ),
  define(
    'format_timestamp',
    'A timestamp as text by a strftime pattern.',
    [["FORMAT_TIMESTAMP('%Y-%m %H,%M,%S', TIMESTAMP '2020-10-10 10:00:00')", '2020-10 10,00,00']],
    formats('timestamp', 'date'),
  ),
  define(
    'parse_date',
    'A text as DATE by a strftime pattern; NULL where it does not fit.',
    [["PARSE_DATE(' %Y-%m-%d', '   2020-10-01')", '2020-10-01']],
    [
      jsOrNull(['text', 'text'], date, args => {
        const [pattern, text] = [asText(args[0]), asText(args[1])]
        const fields = parseStrftime(text, pattern)
        return fields === undefined ? null : (daysOfFields(fields, pattern) ?? null)
      }),
    ],
  ),
  define(
    'parse_time',
    'A text as TIME by a strftime pattern; NULL where it does not fit.',
    [["PARSE_TIME('%H:%M', '10:10')", '10:10:00']],
    [
      jsOrNull(['text', 'text'], time6, args => {
        const [pattern, text] = [asText(args[0]), asText(args[1])]
        const fields = parseStrftime(text, pattern)
        return fields === undefined ? null : microsOfFields(fields, pattern) % MICROS_PER_DAY
      }),
    ],
  ),
  define(
    'parse_timestamp',
    'A text as TIMESTAMP by a strftime pattern; NULL where it does not fit.',
    [["PARSE_TIMESTAMP('%Y-%m-%d %H:%M:%S', '2020-10-01 00:00:00')", '2020-10-01 00:00:00']],
    [
      jsOrNull(['text', 'text'], timestamp6, args => {
        const [pattern, text] = [asText(args[0]), asText(args[1])]
        const fields = parseStrftime(text, pattern)
        if (fields === undefined) return null
        const epoch = fields.get('s')
        if (epoch !== undefined) return BigInt(epoch) * MICROS_PER_SECOND
        const days = daysOfFields(fields, pattern)
        return days === undefined ? null : joinMicros({ days, micros: 0 }) + microsOfFields(fields, pattern)
      }),
    ],
  ),
]
