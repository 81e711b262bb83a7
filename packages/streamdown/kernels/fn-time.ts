// Calendar functions of timestamps (µs since 1970-01-01) and dates (days), one row a call.
// Source of the calendar: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".

import { bytesOf, copyView, sizeOf } from './fn-view'

const MICROS_PER_DAY: i64 = 86400000000

@inline
function floorDivide(a: i64, b: i64): i64 {
  const quotient = a / b
  return a - quotient * b < 0 ? quotient - 1 : quotient
}

let civilYear: i64 = 0
let civilMonth: i32 = 0
let civilDay: i32 = 0

function setCivil(days: i64): void {
  const z = days + 719468
  const era = floorDivide(z, 146097)
  const doe = <i32>(z - era * 146097)
  const yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365
  const doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
  const mp = (5 * doy + 2) / 153
  civilDay = doy - (153 * mp + 2) / 5 + 1
  civilMonth = mp < 10 ? mp + 3 : mp - 9
  civilYear = <i64>yoe + era * 400 + (civilMonth <= 2 ? 1 : 0)
}

function daysOf(year: i64, month: i32, day: i32): i64 {
  const y = month <= 2 ? year - 1 : year
  const era = floorDivide(y, 400)
  const yoe = <i32>(y - era * 400)
  const doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  const doe = yoe * 365 + yoe / 4 - yoe / 100 + doy
  return era * 146097 + <i64>doe - 719468
}

/** Fields: 0 year, 1 quarter, 2 month, 3 day, 4 hour, 5 minute, 6 second, 7 day of week (0 Sunday), 8 day of year. */
export function fn_field(micros: i64, field: i32): i64 {
  const days = floorDivide(micros, MICROS_PER_DAY)
  const time = micros - days * MICROS_PER_DAY
  if (field == 4) return time / 3600000000
  if (field == 5) return (time / 60000000) % 60
  if (field == 6) return (time / 1000000) % 60
  if (field == 7) {
    const day = (days + 4) % 7
    return day < 0 ? day + 7 : day
  }
  setCivil(days)
  // There is no year 0: the year before 1 is -1.
  if (field == 0) return civilYear > 0 ? civilYear : civilYear - 1
  if (field == 1) return (civilMonth + 2) / 3
  if (field == 2) return civilMonth
  if (field == 3) return civilDay
  return days - daysOf(civilYear, 1, 1) + 1
}

/** The start of the unit: 0 second, 1 minute, 2 hour, 3 day, 4 week (Monday), 5 month, 6 quarter, 7 year. */
export function fn_truncate(micros: i64, unit: i32): i64 {
  if (unit == 0) return floorDivide(micros, 1000000) * 1000000
  if (unit == 1) return floorDivide(micros, 60000000) * 60000000
  if (unit == 2) return floorDivide(micros, 3600000000) * 3600000000
  const days = floorDivide(micros, MICROS_PER_DAY)
  if (unit == 3) return days * MICROS_PER_DAY
  if (unit == 4) return (days - (((days + 3) % 7 + 7) % 7)) * MICROS_PER_DAY
  setCivil(days)
  const month = unit == 5 ? civilMonth : unit == 6 ? ((civilMonth - 1) / 3) * 3 + 1 : 1
  return daysOf(civilYear, month, 1) * MICROS_PER_DAY
}

const LEFT: i32 = 255

@inline
function put(at: usize, value: i64, width: i32): usize {
  let rest = value
  for (let i = width - 1; i >= 0; i--) {
    store<u8>(at + i, <u8>(0x30 + rest % 10))
    rest /= 10
  }
  return at + width
}

const formatted = memory.data(320)

/**
 * Writes a timestamp by a program of bytes: 0 n bytes: copied; 1 yyyy, 2 MM, 3 dd, 4 HH, 5 mm, 6 ss, 7 n: n digits of
 * the fraction; 8: a point and the fraction without zeros at its end, nothing when it is 0. The program is a view of
 * at most 255 bytes. Years without four digits are left.
 *
 * `same`: two i64, at first 0: from when on and until when the text is that which `out` holds from the call before.
 */
export function fn_format_time(micros: i64, program: usize, same: usize, out: usize): i32 {
  if (micros >= load<i64>(same) && micros < load<i64>(same, 8)) return 0
  store<i64>(same, 0)
  store<i64>(same, 0, 8)
  const days = floorDivide(micros, MICROS_PER_DAY)
  const time = micros - days * MICROS_PER_DAY
  setCivil(days)
  if (civilYear < 1 || civilYear > 9999) return LEFT
  let unit = MICROS_PER_DAY
  let at: usize = formatted
  let p = bytesOf(program)
  const end = p + sizeOf(program)
  while (p < end) {
    const code = <i32>load<u8>(p++)
    if (code == 0) {
      const count = <i32>load<u8>(p++)
      for (let i = 0; i < count; i++) store<u8>(at++, load<u8>(p++))
    } else if (code == 1) at = put(at, civilYear, 4)
    else if (code == 2) at = put(at, civilMonth, 2)
    else if (code == 3) at = put(at, civilDay, 2)
    else if (code == 4) {
      unit = min<i64>(unit, 3600000000)
      at = put(at, time / 3600000000, 2)
    } else if (code == 5) {
      unit = min<i64>(unit, 60000000)
      at = put(at, (time / 60000000) % 60, 2)
    } else if (code == 6) {
      unit = min<i64>(unit, 1000000)
      at = put(at, (time / 1000000) % 60, 2)
    } else {
      unit = 1
      let digits = code == 7 ? <i32>load<u8>(p++) : 6
      let fraction = time % 1000000
      if (code == 8) {
        if (fraction == 0) continue
        store<u8>(at++, 0x2e)
        while (fraction % 10 == 0) {
          fraction /= 10
          digits--
        }
      } else {
        for (let i = digits; i < 6; i++) fraction /= 10
      }
      at = put(at, fraction, digits)
    }
  }
  const size = <i32>(at - formatted)
  copyView(out, formatted, size)
  // Longer texts do not lie in the view itself, and go with the step.
  if (size <= 12 && unit > 1) {
    const from = micros - time % unit
    store<i64>(same, from)
    store<i64>(same, from + unit, 8)
  }
  return 0
}

@inline
function two(p: usize): i32 {
  const a = <u32>load<u8>(p) - 0x30
  const b = <u32>load<u8>(p, 1) - 0x30
  return a < 10 && b < 10 ? <i32>(a * 10 + b) : -1000
}

/**
 * yyyy-MM-dd[ |T]HH:mm:ss[.f] or yyyy-MM-dd to µs in the i64 at `out`; every other text is left, and one with more than
 * `digits` of a fraction. Those behind microseconds are cut.
 */
export function fn_parse_time(text: usize, digits: i32, out: usize): i32 {
  const size = sizeOf(text)
  const p = bytesOf(text)
  if (size != 10 && size < 19) return LEFT
  const year = two(p) * 100 + two(p + 2)
  const month = two(p + 5)
  const day = two(p + 8)
  if (year < 1 || month < 1 || month > 12 || day < 1 || load<u8>(p, 4) != 0x2d || load<u8>(p, 7) != 0x2d) return LEFT
  const days = daysOf(year, month, day)
  // A day that the month does not have comes back as another.
  setCivil(days)
  if (civilDay != day) return LEFT
  let micros: i64 = 0
  if (size > 10) {
    const between = load<u8>(p, 10)
    if ((between != 0x20 && between != 0x54) || load<u8>(p, 13) != 0x3a || load<u8>(p, 16) != 0x3a) return LEFT
    const hour = two(p + 11)
    const minute = two(p + 14)
    const second = two(p + 17)
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return LEFT
    micros = <i64>((hour * 60 + minute) * 60 + second) * 1000000
    if (size > 19) {
      if (load<u8>(p, 19) != 0x2e || size == 20 || size - 20 > digits) return LEFT
      let unit: i64 = 100000
      for (let i = 20; i < size; i++) {
        const digit = <u32>load<u8>(p + i) - 0x30
        if (digit > 9) return LEFT
        micros += <i64>digit * unit
        unit /= 10
      }
    }
  }
  store<i64>(out, days * MICROS_PER_DAY + micros)
  return 0
}

/** Without what is below a millisecond. */
export function fn_to_millis(micros: i64): i64 {
  return floorDivide(micros, 1000) * 1000
}
