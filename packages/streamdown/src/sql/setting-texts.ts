import { StreamdownError } from '../errors/error.ts'
import { findZone, type Zone } from '../functions/time/zone.ts'
import { parseByteSize } from '../values/byte-size.ts'
import { durationMicros } from './bind/literals.ts'

/** What the text of a setting means. */
export interface SettingText<V> {
  /** For messages: `a size such as '512 mb'`. */
  readonly takes: string
  /** Undefined when the text is none of those. */
  readonly parse: (text: string) => V | undefined
}

const when = <V>(value: V | undefined, holds: (value: V) => boolean): V | undefined =>
  value !== undefined && holds(value) ? value : undefined

/** µs. */
export const duration: SettingText<bigint> = {
  takes: "a duration such as '10 s'",
  parse: text => when(durationMicros(text), micros => micros >= 0n),
}

/** µs, more than none. */
export const interval: SettingText<bigint> = {
  takes: "a duration such as '10 s', more than 0",
  parse: text => when(durationMicros(text), micros => micros > 0n),
}

/** µs. */
export const durationOrNone: SettingText<bigint | 'none'> = {
  takes: "none or a duration such as '1 min'",
  parse: text => (text.toLowerCase() === 'none' ? 'none' : duration.parse(text)),
}

export const count: SettingText<number> = {
  takes: 'a whole number from 1',
  parse: text => when(Number(text), number => Number.isSafeInteger(number) && number > 0),
}

/** Bytes. */
export const byteSize: SettingText<number> = {
  takes: "a size such as '512 mb'",
  parse: parseByteSize,
}

export const timeZone: SettingText<Zone> = {
  takes: "a time zone such as 'Europe/Berlin', 'UTC' or '+02:00'",
  parse: findZone,
}

/** What DECIMAL without a size is. */
export const decimalSize: SettingText<{ readonly precision: number; readonly scale: number } | 'any'> = {
  takes: "any or a precision up to 38 and a scale, such as '10,0'",
  parse: text => {
    if (text.toLowerCase() === 'any') return 'any'
    const match = /^\s*(\d{1,2})\s*(?:,\s*(\d{1,2})\s*)?$/.exec(text)
    const [precision, scale] = [Number(match?.[1]), Number(match?.[2] ?? 0)]
    return precision >= 1 && precision <= 38 && scale <= precision ? { precision, scale } : undefined
  },
}

/** @throws StreamdownError DSD2014 when the text is none that the setting takes. */
export function readSetting<N extends string, V>(
  settings: { readonly [K in N]: string },
  name: N,
  kind: SettingText<V>,
): V {
  const text = settings[name]
  const value = kind.parse(text)
  if (value !== undefined) return value
  throw new StreamdownError('DSD2014', `Setting ${name} takes ${kind.takes}, not "${text}".`)
}
