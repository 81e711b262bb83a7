import { StreamdownError } from '../errors/error.ts'
import { shown } from './given.ts'

type Unit = 'millisecond' | 'second' | 'minute' | 'hour' | 'day' | 'week'
type Short = 'us' | 'ms' | 's' | 'm' | 'min' | 'h' | 'd' | 'w'

/** A length of time: `'500ms'`, `'5s'`, `'10 minutes'`, `'1 day'`. Months and years have no fixed length. */
export type Duration = `${number} ${Unit}` | `${number} ${Unit}s` | `${number}${Short}` | `${number} ${Short}`

const micros: Readonly<Record<string, bigint>> = {
  us: 1n,
  microsecond: 1n,
  ms: 1_000n,
  millisecond: 1_000n,
  s: 1_000_000n,
  sec: 1_000_000n,
  second: 1_000_000n,
  m: 60_000_000n,
  min: 60_000_000n,
  minute: 60_000_000n,
  h: 3_600_000_000n,
  hour: 3_600_000_000n,
  d: 86_400_000_000n,
  day: 86_400_000_000n,
  w: 604_800_000_000n,
  week: 604_800_000_000n,
}

/** Microseconds of a duration. Throws DSD5003 for anything that is not a number and a unit. */
export function durationMicros(duration: string): bigint {
  if (typeof duration !== 'string') throw new StreamdownError('DSD5003', `${shown(duration)} is not a duration.`)
  const match = /^\s*(-?\d+)(?:\.(\d{1,6}))?\s*([a-z]+?)\s*$/i.exec(duration)
  const unit = match === null ? undefined : unitMicros(match[3] ?? '')
  if (match === null || unit === undefined)
    throw new StreamdownError('DSD5003', `${JSON.stringify(duration)} is not a duration.`)
  const fraction = (match[2] ?? '').padEnd(6, '0')
  const whole = BigInt(match[1] ?? '0') * unit
  const part = (BigInt(fraction) * unit) / 1_000_000n
  return (match[1] ?? '').startsWith('-') ? whole - part : whole + part
}

function unitMicros(written: string): bigint | undefined {
  const unit = written.toLowerCase()
  return micros[unit] ?? (unit.length > 3 && unit.endsWith('s') ? micros[unit.slice(0, -1)] : undefined)
}
