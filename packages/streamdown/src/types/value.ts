/**
 * A value outside of a batch: literals in plans, results at the edges, arguments of functions written in JavaScript.
 *
 * | type | value |
 * | --- | --- |
 * | BOOLEAN | boolean |
 * | TINYINT, SMALLINT, INT, REAL, DOUBLE | number |
 * | BIGINT | bigint |
 * | DECIMAL(p, s) | bigint, the unscaled digits (1.20 at scale 2 is 120n) |
 * | STRING, JSON | string |
 * | BYTES | Uint8Array |
 * | DATE | number, days since 1970-01-01 |
 * | TIME | bigint, microseconds since midnight |
 * | TIMESTAMP, TIMESTAMP_LTZ | bigint, microseconds since 1970-01-01 |
 * | INTERVAL | Interval |
 * | ROW, ARRAY | array of values |
 * | MAP | array of [key, value] pairs |
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | Interval | readonly Value[]

export interface Interval {
  readonly months: number
  readonly days: number
  readonly micros: bigint
}
