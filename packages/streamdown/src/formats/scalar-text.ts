import type { Numeric } from '../types/value.ts'
import { fitsPrecision, parseDecimal } from '../values/decimal-digits.ts'
import { parseNumeric } from '../values/numeric.ts'

/** How timestamps are written in a text format. */
export interface TimestampRules {
  readonly standard: 'any' | 'SQL' | 'ISO-8601'
  /** An epoch number as µs, or undefined when numbers are not accepted or it is none. */
  epoch(text: string, precision: number): bigint | undefined
}

export type EpochUnit = 's' | 'ms' | 'us' | 'ns'

const perUnit = { s: 1_000_000_000n, ms: 1_000_000n, us: 1_000n, ns: 1n } as const

export function timestampRules(standard: TimestampRules['standard'], unit: EpochUnit | undefined): TimestampRules {
  return {
    standard,
    epoch(text, precision) {
      const number = unit === undefined ? undefined : decimalOf(text, 38, 0)
      if (unit === undefined || number === undefined || decimalOf(text, 38, 9) !== number * 10n ** 9n) return undefined
      return cut(floor(number * perUnit[unit], 1000n), precision)
    },
  }
}

const floor = (value: bigint, unit: bigint): bigint => (value - (((value % unit) + unit) % unit)) / unit

const cut = (micros: bigint, precision: number): bigint => {
  const unit = 10n ** BigInt(6 - Math.min(precision, 6))
  return floor(micros, unit) * unit
}

/** Unscaled digits at `scale`, rounded half up (away from zero); undefined when it is no number or too large. */
export function decimalOf(text: string, precision: number, scale: number): bigint | undefined {
  const digits = parseDecimal(text, scale)
  return digits !== undefined && fitsPrecision(digits, precision) ? digits : undefined
}

/** A NUMERIC with all digits of the text; undefined when it is no number or too large. */
export function numericOf(text: string): Numeric | undefined {
  const parsed = parseNumeric(text)
  return parsed === 'too large' ? undefined : parsed
}

/** Days since 1970-01-01 of 'YYYY-MM-DD'. */
export function dateOf(text: string): number | undefined {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return undefined
  const date = new Date(`${text}T00:00:00Z`)
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text) return undefined
  return date.getTime() / 86_400_000
}

/** µs of 'HH:MM[:SS[.fraction]][Z]', cut to `precision` digits. */
export function timeOf(text: string, precision: number): bigint | undefined {
  const match = /^([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,9}))?)?Z?$/.exec(text)
  if (match === null) return undefined
  const [, hours = '0', minutes = '0', seconds = '0', fraction = ''] = match
  const whole = BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000n
  return whole + BigInt(fraction.slice(0, Math.min(precision, 6)).padEnd(6, '0'))
}

/** µs since 1970 of a SQL or ISO-8601 timestamp; an offset moves it to UTC. */
export function timestampOf(
  text: string,
  precision: number,
  rules: Pick<TimestampRules, 'standard'>,
): bigint | undefined {
  const match = /^(.{10})([ T])([0-9:.]+)(?:(Z)|([+-])([01][0-9])(?::?([0-5][0-9]))?)?$/.exec(text)
  if (match === null) return undefined
  const [, day = '', separator, clock = '', , sign, hours = '0', minutes = '0'] = match
  if (rules.standard === (separator === ' ' ? 'ISO-8601' : 'SQL')) return undefined
  const date = dateOf(day)
  const time = timeOf(clock, precision)
  if (date === undefined || time === undefined) return undefined
  const offset = BigInt(Number(hours) * 60 + Number(minutes)) * 60_000_000n
  const local = BigInt(date) * 86_400_000_000n + time
  return sign === '-' ? local + offset : local - offset
}
