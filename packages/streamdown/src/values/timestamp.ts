import { StreamdownError } from '../errors/error.ts'

/** What a timestamp is made from: microseconds since 1970, a Date, or ISO 8601 text (without a zone: UTC). */
export type TimestampInput = Timestamp | Date | bigint | string

const iso = /^(\d{4,6})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i

/**
 * A point in time to the microsecond: a Date (to the millisecond, for everything that takes one) that also knows its
 * microseconds. A TIMESTAMP without a zone reads as if it were UTC.
 */
export class Timestamp extends Date {
  /** Microseconds since 1970-01-01T00:00:00Z. */
  readonly micros: bigint

  constructor(micros: bigint) {
    super(Number(floorDivide(micros, 1000n)))
    this.micros = micros
  }

  /** Throws DSD5002 for text that is no time, and for an invalid Date. */
  static from(input: TimestampInput): Timestamp {
    if (input instanceof Timestamp) return input
    if (typeof input === 'bigint') return new Timestamp(input)
    if (typeof input === 'string') return new Timestamp(parseMicros(input))
    const millis = input.getTime()
    if (Number.isNaN(millis)) throw new StreamdownError('DSD5002', 'The Date is invalid.')
    return new Timestamp(BigInt(millis) * 1000n)
  }

  /** ISO 8601 in UTC, with as many of the six digits of the second's fraction as are needed, at least three. */
  override toISOString(): string {
    const below = this.micros - floorDivide(this.micros, 1000n) * 1000n
    const text = super.toISOString()
    return below === 0n ? text : `${text.slice(0, -1)}${below.toString().padStart(3, '0')}Z`
  }

  override toString(): string {
    return this.toISOString()
  }

  override toJSON(): string {
    return this.toISOString()
  }
}

function parseMicros(text: string): bigint {
  const match = iso.exec(text.trim())
  if (match === null)
    throw new StreamdownError('DSD5002', `${JSON.stringify(text)} is not a time like 2026-01-31T12:00:00Z.`)
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match
  const millis = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  const back = new Date(millis)
  if (
    back.getUTCMonth() !== Number(month) - 1 ||
    back.getUTCDate() !== Number(day) ||
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 59
  ) {
    throw new StreamdownError('DSD5002', `${JSON.stringify(text)} names a day or time that does not exist.`)
  }
  return BigInt(millis) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6)) - offsetMicros(zone)
}

function offsetMicros(zone: string): bigint {
  if (zone.toUpperCase() === 'Z') return 0n
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = BigInt(digits.slice(0, 2)) * 60n + BigInt(digits.slice(2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000_000n
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}
