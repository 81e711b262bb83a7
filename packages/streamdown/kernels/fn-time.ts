// Calendar functions of timestamps (µs since 1970-01-01) and dates (days), one row a call.
// Source of the calendar: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".

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
  if (field == 0) return civilYear
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

const PATTERN_COPY: i32 = 0

@inline
function put(at: usize, value: i64, width: i32): usize {
  let rest = value
  for (let i = width - 1; i >= 0; i--) {
    store<u8>(at + i, <u8>(0x30 + rest % 10))
    rest /= 10
  }
  return at + width
}

/**
 * Writes a timestamp by a program of bytes: 0 n bytes: copied; 1 yyyy, 2 MM, 3 dd, 4 HH, 5 mm, 6 ss, 7 n: n digits of
 * the fraction. Returns the bytes written at `out`; years must have four digits (0 otherwise).
 */
export function fn_format_time(micros: i64, program: usize, length: i32, out: usize): i32 {
  const days = floorDivide(micros, MICROS_PER_DAY)
  const time = micros - days * MICROS_PER_DAY
  setCivil(days)
  if (civilYear < 1 || civilYear > 9999) return 0
  let at = out
  let p = program
  const end = program + length
  while (p < end) {
    const code = <i32>load<u8>(p++)
    if (code == PATTERN_COPY) {
      const count = <i32>load<u8>(p++)
      for (let i = 0; i < count; i++) store<u8>(at++, load<u8>(p++))
    } else if (code == 1) at = put(at, civilYear, 4)
    else if (code == 2) at = put(at, civilMonth, 2)
    else if (code == 3) at = put(at, civilDay, 2)
    else if (code == 4) at = put(at, time / 3600000000, 2)
    else if (code == 5) at = put(at, (time / 60000000) % 60, 2)
    else if (code == 6) at = put(at, (time / 1000000) % 60, 2)
    else {
      const digits = <i32>load<u8>(p++)
      let fraction = time % 1000000
      for (let i = digits; i < 6; i++) fraction /= 10
      at = put(at, fraction, digits)
    }
  }
  return <i32>(at - out)
}
