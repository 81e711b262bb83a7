import { floorDivide, joinMicros, splitMicros } from '../../../values/calendar.ts'
import { offsetText } from '../../cast.ts'
import { parsePostgres, patternTokens } from '../../time/postgres-format.ts'
import { dateText, parseDate, parseTime, timestampText, timeText } from '../../time/text.ts'
import { localToUtc, utcToLocal, type Zone, zoneNamed } from '../../time/zone.ts'
import { PathMisuse } from './errors.ts'

export type TimeKind =
  | 'date'
  | 'time without time zone'
  | 'time with time zone'
  | 'timestamp without time zone'
  | 'timestamp with time zone'

/** A time within a path. */
export class PathTime {
  readonly kind: TimeKind
  /** As the text says it, µs: of a day, or from 1970 on. */
  readonly local: bigint
  /** How far that is from UTC, µs; 0 without a time zone. */
  readonly offset: bigint
  constructor(kind: TimeKind, local: bigint, offset = 0n) {
    this.kind = kind
    this.local = local
    this.offset = offset
  }

  get utc(): bigint {
    return this.local - this.offset
  }
}

/** ISO 8601, as PostgreSQL writes times into JSON. */
export function pathTimeText({ kind, local, offset }: PathTime): string {
  switch (kind) {
    case 'date':
      return dateText(splitMicros(local).days)
    case 'time without time zone':
      return timeText(Number(local), 'shortest')
    case 'time with time zone':
      return timeText(Number(local), 'shortest') + offsetText(offset)
    case 'timestamp without time zone':
      return timestampText(local, 'shortest', 'T')
    case 'timestamp with time zone':
      return timestampText(local, 'shortest', 'T') + offsetText(offset)
  }
}

/** A blank may stand before an offset's plus, as in PostgreSQL, and before no minus. */
const ISO =
  /^\s*(?<date>\d{1,4}-\d{1,2}-\d{1,2})?(?:(?<=\d)[ T](?=\d))?(?:(?<time>\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d{1,6})?)(?<zone>(?:\s*\+|-)\d{1,2}(?::\d{2})?|\s*(?:Z|UTC|GMT))?)?$/i

/** A date, time or timestamp in ISO 8601; undefined for any other text. */
export function parseIso(text: string): PathTime | undefined {
  const { date, time, zone } = ISO.exec(text)?.groups ?? {}
  const days = date === undefined ? undefined : parseDate(date)
  const micros = time === undefined ? undefined : parseTime(time)
  if ((date !== undefined && days === undefined) || (time !== undefined && micros === undefined)) return undefined
  return made(days, micros, zone === undefined ? undefined : zoneNamed(zone.trim()).offsetAt(0n))
}

const timeWords = /^(?:HH(?:12|24)?|MI|SS|MS|US|SSSSS?|FF[1-6]|[AP]M|[AP]\.M\.)$/
const zoneWords = /^(?:TZ[HM]?|OF)$/

/** A time by a template as TO_TIMESTAMP takes it; what the template names decides of which kind it is. */
export function parseByTemplate(text: string, template: string): PathTime | undefined {
  const words = patternTokens(template).flatMap(token => ('word' in token ? [token.word] : []))
  const parsed = words.length === 0 ? undefined : parsePostgres(text, template)
  if (parsed === undefined || parsed.end < text.length) return undefined
  const { days, micros } = splitMicros(parsed.local)
  const timed = words.some(word => timeWords.test(word))
  const zoned = words.some(word => zoneWords.test(word))
  const dated = words.some(word => !timeWords.test(word) && !zoneWords.test(word))
  return made(dated ? days : undefined, timed ? micros : undefined, zoned ? (parsed.offset ?? 0n) : undefined)
}

function made(days: number | undefined, micros: number | undefined, offset: bigint | undefined): PathTime | undefined {
  if (days === undefined) {
    if (micros === undefined) return undefined
    return offset === undefined
      ? new PathTime('time without time zone', BigInt(micros))
      : new PathTime('time with time zone', BigInt(micros), offset)
  }
  if (micros === undefined) return new PathTime('date', joinMicros({ days, micros: 0 }))
  const local = joinMicros({ days, micros })
  return offset === undefined
    ? new PathTime('timestamp without time zone', local)
    : new PathTime('timestamp with time zone', local, offset)
}

/**
 * The same time as another kind; undefined where it has none. What hangs on the session's time zone needs it to be
 * handed in.
 */
export function asKind(time: PathTime, kind: TimeKind, zone: Zone | undefined): PathTime | undefined {
  if (time.kind === kind) return time
  const inZone = (): Zone => {
    if (zone === undefined)
      throw new PathMisuse(
        `a ${time.kind} becomes a ${kind} by the session's time zone: use the function that ends in _tz`,
      )
    return zone
  }
  const dated = time.kind === 'date' || time.kind.startsWith('timestamp')
  /** As the session's clocks show it. */
  const local = (): bigint => (time.kind === 'timestamp with time zone' ? utcToLocal(inZone(), time.utc) : time.local)
  switch (kind) {
    case 'date':
      return dated ? new PathTime(kind, local() - BigInt(splitMicros(local()).micros)) : undefined
    case 'timestamp without time zone':
      return dated ? new PathTime(kind, local()) : undefined
    case 'timestamp with time zone': {
      if (!dated) return undefined
      const utc = localToUtc(inZone(), time.local, 'last')
      return new PathTime(kind, time.local, time.local - utc)
    }
    case 'time without time zone':
      if (time.kind === 'date') return undefined
      if (time.kind === 'time with time zone') inZone()
      return new PathTime(kind, BigInt(splitMicros(local()).micros))
    case 'time with time zone': {
      if (time.kind === 'time without time zone') return new PathTime(kind, time.local, inZone().offsetAt(0n))
      if (time.kind !== 'timestamp with time zone') return undefined
      const shown = local()
      return new PathTime(kind, BigInt(splitMicros(shown).micros), shown - time.utc)
    }
  }
}

/** Rounded to so many digits of a second. */
export function roundedTime(time: PathTime, digits: number): PathTime {
  const unit = 10n ** BigInt(6 - digits)
  const half = unit / 2n
  return new PathTime(time.kind, floorDivide(time.local + half, unit) * unit, time.offset)
}

/** Below 0, 0 or above; undefined: a time of day and a date have no order. */
export function compareTimes(a: PathTime, b: PathTime, zone: Zone | undefined): number | undefined {
  const zoned = (time: PathTime): boolean => time.kind.endsWith('with time zone')
  const ofDay = (time: PathTime): boolean => time.kind.startsWith('time w')
  if (ofDay(a) !== ofDay(b)) return undefined
  if (!zoned(a) && !zoned(b)) return order(a.local, b.local)
  const kind = ofDay(a) ? 'time with time zone' : 'timestamp with time zone'
  const left = asKind(a, kind, zone)
  const right = asKind(b, kind, zone)
  if (left === undefined || right === undefined) return undefined
  const byInstant = order(left.utc, right.utc)
  // Times of day at one moment are told apart by their zones, the eastern one first.
  return byInstant === 0 && ofDay(a) ? order(right.offset, left.offset) : byInstant
}

const order = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
