/**
 * A value outside of a batch: literals in plans, results at the edges, arguments of functions written in JavaScript.
 *
 * | type | value |
 * | --- | --- |
 * | BOOLEAN | boolean |
 * | TINYINT, SMALLINT, INT, REAL, DOUBLE | number |
 * | BIGINT | bigint |
 * | DECIMAL(p, s) | bigint, the unscaled digits (1.20 at scale 2 is 120n) |
 * | NUMERIC | Numeric |
 * | STRING, JSON | string |
 * | BYTES | Uint8Array |
 * | DATE | number, days since 1970-01-01 |
 * | TIME | bigint, microseconds since midnight |
 * | TIMESTAMP, TIMESTAMP_LTZ | bigint, microseconds since 1970-01-01 |
 * | INTERVAL | Interval |
 * | ROW, ARRAY | array of values |
 * | MAP | array of [key, value] pairs |
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | Interval | Numeric | readonly Value[]

/** `digits` * 10^-scale; 1.0 and 1.00 are equal and differ in scale. A special one has no digits. */
export interface Numeric {
  readonly digits: bigint
  /** Digits behind the point, from 0. */
  readonly scale: number
  readonly special?: 'NaN' | 'Infinity' | '-Infinity'
}

export interface Interval {
  readonly months: number
  readonly days: number
  readonly micros: bigint
}

/** Of a value, or of what may be one: no other value is an object that has microseconds. */
export const isInterval = (value: unknown): value is Interval =>
  typeof value === 'object' && value !== null && 'micros' in value
