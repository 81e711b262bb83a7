// Values written as text, shared by the JSON and CSV kernels: digits, numbers, dates and times, UTF-8, string views.
// Every function may read up to 64 bytes past the text it is given; callers keep that much readable memory behind it.
// Text always ends at a byte that is part of no number, date or string body (newline, quote, delimiter), so that no
// function needs the end of the buffer.

export const ERR_SYNTAX: i32 = 1
export const ERR_UTF8: i32 = 2
export const ERR_SURROGATE: i32 = 3
export const ERR_TYPE: i32 = 4
export const ERR_RANGE: i32 = 5
export const ERR_NULL: i32 = 6
export const ERR_LONG: i32 = 7
export const ERR_DEPTH: i32 = 8
export const ERR_ESCAPE: i32 = 9
export const ERR_TIME: i32 = 10
export const ERR_CONTROL: i32 = 11
export const ERR_MISSING: i32 = 12
export const ERR_OPEN: i32 = 13
export const ERR_FIELDS: i32 = 14
export const ERR_QUOTE: i32 = 15

/** What a text value becomes; the same numbers stand in src/formats/text-kinds.ts. */
export const KIND_SKIP: i32 = 0
export const KIND_BOOL: i32 = 1
export const KIND_I8: i32 = 2
export const KIND_I16: i32 = 3
export const KIND_I32: i32 = 4
export const KIND_I64: i32 = 5
export const KIND_F32: i32 = 6
export const KIND_F64: i32 = 7
export const KIND_DECIMAL: i32 = 8
export const KIND_STRING: i32 = 9
export const KIND_DATE: i32 = 10
export const KIND_TIME: i32 = 11
export const KIND_TIMESTAMP: i32 = 12
export const KIND_OBJECT: i32 = 13
export const KIND_RAW: i32 = 14
export const KIND_NULL: i32 = 15

/** Digits at `p`, at most 16. */
@inline
export function digitRun(p: usize): i32 {
  const d = i8x16.sub(v128.load(p), i8x16.splat(0x30))
  return ctz(i8x16.bitmask(i8x16.ge_u(d, i8x16.splat(10))) | 0x10000)
}

/** Eight digits, first in the lowest byte. Source: Lemire, "Quickly parsing eight digits". */
@inline
function eight(x: u64): u64 {
  x = x & 0x0f0f0f0f0f0f0f0f
  x = x * 10 + (x >> 8)
  return (((x & 0x000000ff000000ff) * 0x000f424000000064 + ((x >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >> 32) & 0xffffffff
}

/** The number in the `n` digits at `p`, 1 <= n <= 16. */
@inline
export function digits(p: usize, n: i32): u64 {
  if (n <= 8) return eight(load<u64>(p) << (64 - ((<u64>n) << 3)))
  return eight(load<u64>(p) << (128 - ((<u64>n) << 3))) * 100000000 + eight(load<u64>(p + n - 8))
}

const powers = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
])
const powers64 = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
])

@inline
export function power(n: i32): u64 {
  return load<u64>(powers64 + (<usize>n << 3))
}

/** The last number scanned: value = mantissa * 10^exponent, exact unless non-zero digits were dropped. */
export let numNegative: bool = false
export let numMantissa: u64 = 0
export let numExponent: i32 = 0
export let numExact: bool = true

@inline
export function isDigit(c: u32): bool {
  return c - 0x30 < 10
}

/**
 * Scans a number by JSON's grammar; with `loose` also a leading plus, leading zeros and a bare point (CSV).
 * Returns the address behind it, or 0.
 */
export function scanNumber(p: usize, loose: bool): usize {
  let mantissa: u64 = 0
  let count = 0
  let exponent = 0
  let exact = true
  let c = <u32>load<u8>(p)
  numNegative = c == 0x2d
  if (c == 0x2d || (loose && c == 0x2b)) c = load<u8>(++p)
  const start = p
  if (!loose && c == 0x30) {
    c = load<u8>(++p)
    if (isDigit(c)) return 0
  } else {
    while (isDigit(c)) {
      if (count < 19) {
        mantissa = mantissa * 10 + (c - 0x30)
        if (mantissa != 0) count++
      } else {
        exponent++
        if (c != 0x30) exact = false
      }
      c = load<u8>(++p)
    }
    if (p == start && !(loose && c == 0x2e)) return 0
  }
  if (c == 0x2e) {
    c = load<u8>(++p)
    if (!isDigit(c)) {
      if (!loose || p == start + 1) return 0
    }
    while (isDigit(c)) {
      if (count < 19) {
        mantissa = mantissa * 10 + (c - 0x30)
        if (mantissa != 0) count++
        exponent--
      } else if (c != 0x30) exact = false
      c = load<u8>(++p)
    }
  }
  if ((c | 0x20) == 0x65) {
    c = load<u8>(++p)
    const minus = c == 0x2d
    if (minus || c == 0x2b) c = load<u8>(++p)
    if (!isDigit(c)) return 0
    let e = 0
    while (isDigit(c)) {
      if (e < 100000) e = e * 10 + <i32>(c - 0x30)
      c = load<u8>(++p)
    }
    exponent += minus ? -e : e
  }
  numMantissa = mantissa
  numExponent = exponent
  numExact = exact
  return p
}

export let intValue: i64 = 0

/** The scanned number as a 64-bit integer in `intValue`; 0, or the error. */
export function scannedInteger(): i32 {
  let m = numMantissa
  let e = numExponent
  if (m == 0) {
    intValue = 0
    return numExact ? 0 : ERR_TYPE
  }
  if (!numExact) return e >= 0 ? ERR_RANGE : ERR_TYPE
  while (e < 0) {
    if (m % 10 != 0) return ERR_TYPE
    m /= 10
    e++
  }
  while (e > 0) {
    if (m > 922337203685477580) return ERR_RANGE
    m *= 10
    e--
  }
  if (numNegative) {
    if (m > 0x8000000000000000) return ERR_RANGE
    intValue = <i64>(0 - m)
  } else {
    if (m > 0x7fffffffffffffff) return ERR_RANGE
    intValue = <i64>m
  }
  return 0
}

export let doubleValue: f64 = 0

/** The scanned number as a double where that is exact arithmetic (Clinger's fast path); false: ask JavaScript. */
@inline
export function scannedDouble(): bool {
  const m = numMantissa
  const e = numExponent
  if (!numExact || m > 9007199254740992) return false
  let f = <f64>m
  if (m != 0) {
    if (e < -22 || e > 22) return false
    f = e < 0 ? f / load<f64>(powers + (<usize>-e << 3)) : f * load<f64>(powers + (<usize>e << 3))
  }
  doubleValue = numNegative ? -f : f
  return true
}

export let decimalValue: i64 = 0

/** The scanned number as unscaled digits, rounded half up as CAST does: 0 done, -1 ask JavaScript, else the error. */
export function scannedDecimal(precision: i32, scale: i32): i32 {
  let m = numMantissa
  if (m == 0) {
    decimalValue = 0
    return numExact ? 0 : -1
  }
  if (!numExact || m >= 1000000000000000000) return -1
  const shift = numExponent + scale
  if (shift > 0) {
    if (shift > 18 || m > 999999999999999999 / power(shift)) return -1
    m *= power(shift)
  } else if (shift < 0) {
    if (shift < -18) m = 0
    else {
      const unit = power(-shift)
      const rest = m % unit
      m = m / unit + (rest >= unit - rest ? 1 : 0)
    }
  }
  if (precision <= 18 && m >= power(precision)) return ERR_RANGE
  decimalValue = numNegative ? -(<i64>m) : <i64>m
  return 0
}

// Dates and times ------------------------------------------------------------------------------------------------

/** Behind the last date or time parsed. */
export let textEnd: usize = 0

// The last date seen, rows near each other share it; before the first, '1970-01-01'.
let dateHead: u64 = 0x2d31302d30373931
let dateTail: u32 = 0x3130
let dateDays: i32 = 0

/** Days since 1970-01-01 (proleptic Gregorian). Source: Hinnant, "chrono-compatible low-level date algorithms". */
export function daysFromCivil(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year
  const era = (y >= 0 ? y : y - 399) / 400
  const yoe = y - era * 400
  const doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  const doe = yoe * 365 + yoe / 4 - yoe / 100 + doy
  return era * 146097 + doe - 719468
}

/** 'YYYY-MM-DD' at `p`; i32.MIN_VALUE when it is none. */
export function parseDate(p: usize): i32 {
  const head = load<u64>(p)
  const tail = <u32>load<u16>(p + 8)
  if (head == dateHead && tail == dateTail) return dateDays
  const y = head ^ 0x2d30302d30303030
  if (((y + 0x7f76767f76767676) | y) & 0x8080808080808080) return i32.MIN_VALUE
  const t = tail ^ 0x3030
  if (((t + 0x7676) | t) & 0x8080) return i32.MIN_VALUE
  const year =
    <i32>(y & 15) * 1000 + <i32>((y >> 8) & 15) * 100 + <i32>((y >> 16) & 15) * 10 + <i32>((y >> 24) & 15)
  const month = <i32>((y >> 40) & 15) * 10 + <i32>((y >> 48) & 15)
  const day = <i32>(t & 15) * 10 + <i32>((t >> 8) & 15)
  if (month < 1 || month > 12 || day < 1) return i32.MIN_VALUE
  const leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  const most = month == 2 ? (leap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
  if (day > most) return i32.MIN_VALUE
  dateHead = head
  dateTail = tail
  dateDays = daysFromCivil(year, month, day)
  return dateDays
}

/** The seconds of 'HH:MM:SS' in the eight bytes; -1 when it is none. */
@inline
function secondsOfDay(text: u64): i32 {
  const x = text ^ 0x30303a30303a3030
  if (((x + 0x76767f76767f7676) | x) & 0x8080808080808080) return -1
  // Each byte with the one behind it, as a number of two digits.
  const pairs = x * 10 + (x >> 8)
  const hours = <i32>pairs & 0xff
  const minutes = <i32>(pairs >> 24) & 0xff
  const seconds = <i32>(pairs >> 48) & 0xff
  if (hours > 23 || minutes > 59 || seconds > 59) return -1
  return hours * 3600 + minutes * 60 + seconds
}

/** The `n` digits at `p`, 1 <= n <= 9, behind a decimal point: in µs cut to `precision` digits. */
@inline
function fraction(p: usize, n: i32, precision: i32): i64 {
  const kept = min(min(n, 6), precision)
  return kept > 0 ? <i64>(digits(p, kept) * power(6 - kept)) : 0
}

/** 'HH:MM[:SS[.fraction]]' at `p`, as µs cut to `precision` digits; i64.MIN_VALUE when it is none. Sets `textEnd`. */
export function parseTime(p: usize, precision: i32): i64 {
  const text = load<u64>(p)
  let seconds = secondsOfDay(text)
  if (seconds >= 0) p += 8
  else {
    const x = (text ^ 0x30303a3030) & 0xffffffffff
    if (((x + 0x76767f7676) | x) & 0x8080808080) return i64.MIN_VALUE
    const hours = <i32>(x & 15) * 10 + <i32>((x >> 8) & 15)
    const minutes = <i32>((x >> 24) & 15) * 10 + <i32>((x >> 32) & 15)
    p += 5
    if (hours > 23 || minutes > 59 || load<u8>(p) == 0x3a) return i64.MIN_VALUE
    seconds = hours * 3600 + minutes * 60
  }
  let micros = <i64>seconds * 1000000
  if (load<u8>(p) == 0x2e) {
    const n = digitRun(p + 1)
    if (n == 0 || n > 9) return i64.MIN_VALUE
    micros += fraction(p + 1, n, precision)
    p += 1 + n
  }
  textEnd = p
  return micros
}

/** 0: SQL and ISO-8601; 1: only SQL (blank); 2: only ISO-8601 ('T'). */
export const STANDARD_SQL: i32 = 1
export const STANDARD_ISO: i32 = 2

/**
 * 'YYYY-MM-DD( |T)HH:MM[:SS[.fraction]][Z|+hh[[:]mm]]' from `p` to `end`, as µs since 1970 (in UTC when an offset is
 * given); i64.MIN_VALUE when it is none.
 */
export function parseTimestamp(p: usize, end: usize, standard: i32, precision: i32): i64 {
  if (end - p < 16) return i64.MIN_VALUE
  const days = parseDate(p)
  if (days == i32.MIN_VALUE) return i64.MIN_VALUE
  const separator = load<u8>(p + 10)
  if (separator == 0x20) {
    if (standard == STANDARD_ISO) return i64.MIN_VALUE
  } else if (separator != 0x54 || standard == STANDARD_SQL) return i64.MIN_VALUE
  const time = parseTime(p + 11, precision)
  if (time == i64.MIN_VALUE) return i64.MIN_VALUE
  const local = <i64>days * 86400000000 + time
  p = textEnd
  if (p == end) return local
  if (p > end) return i64.MIN_VALUE
  const c = load<u8>(p)
  if (c == 0x5a) return p + 1 == end ? local : i64.MIN_VALUE
  if (c != 0x2b && c != 0x2d) return i64.MIN_VALUE
  const n = digitRun(p + 1)
  let hours: i32
  let minutes = 0
  if (n == 4) {
    if (p + 5 != end) return i64.MIN_VALUE
    const both = <i32>digits(p + 1, 4)
    hours = both / 100
    minutes = both % 100
  } else if (n == 2) {
    hours = <i32>digits(p + 1, 2)
    if (p + 3 != end) {
      if (load<u8>(p + 3) != 0x3a || digitRun(p + 4) < 2 || p + 6 != end) return i64.MIN_VALUE
      minutes = <i32>digits(p + 4, 2)
    }
  } else return i64.MIN_VALUE
  if (hours > 18 || minutes > 59) return i64.MIN_VALUE
  const offset = <i64>(hours * 60 + minutes) * 60000000
  return c == 0x2b ? local - offset : local + offset
}

/**
 * 'YYYY-MM-DD( |T)HH:MM:SS[.fraction]' at `p`, of the date that was parsed last, as parseTimestamp has it; i64.MIN_VALUE
 * for all others. Sets `textEnd`.
 */
@inline
export function plainTimestamp(p: usize, standard: i32, precision: i32): i64 {
  if (load<u64>(p) != dateHead || <u32>load<u16>(p + 8) != dateTail) return i64.MIN_VALUE
  const separator = load<u8>(p + 10)
  if (separator == 0x20 ? standard == STANDARD_ISO : separator != 0x54 || standard == STANDARD_SQL) return i64.MIN_VALUE
  const seconds = secondsOfDay(load<u64>(p + 11))
  if (seconds < 0) return i64.MIN_VALUE
  let micros = <i64>dateDays * 86400000000 + <i64>seconds * 1000000
  let end = p + 19
  if (load<u8>(end) == 0x2e) {
    const n = digitRun(end + 1)
    if (n == 0 || n > 9) return i64.MIN_VALUE
    micros += fraction(end + 1, n, precision)
    end += 1 + n
  }
  textEnd = end
  return micros
}

// Strings --------------------------------------------------------------------------------------------------------

const iota = memory.data<u8>([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])

/** Writes the 16-byte view of the bytes from `from` to `to`. */
@inline
export function storeView(at: usize, from: usize, to: usize): void {
  const length = <i32>(to - from)
  if (length <= 12) {
    const mask = i8x16.lt_u(v128.load(iota), i8x16.splat(<i8>length))
    const bytes = v128.and(v128.load(from), mask)
    const zero = i8x16.splat(0)
    const view = i8x16.shuffle(zero, bytes, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27)
    v128.store(at, i32x4.replace_lane(view, 0, length))
  } else {
    store<i32>(at, length)
    store<u32>(at + 4, load<u32>(from))
    store<u32>(at + 8, 0)
    store<u32>(at + 12, <u32>from)
  }
}

/** Length of the well-formed UTF-8 sequence at `p` whose first byte is not ASCII; 0 when it is not well formed. */
export function utf8Length(p: usize): usize {
  const a = <u32>load<u8>(p)
  const b = <u32>load<u8>(p + 1)
  if (a < 0xc2) return 0
  if (a < 0xe0) return (b & 0xc0) == 0x80 ? 2 : 0
  const c = <u32>load<u8>(p + 2)
  if (a < 0xf0) {
    if ((b & 0xc0) != 0x80 || (c & 0xc0) != 0x80) return 0
    if (a == 0xe0 && b < 0xa0) return 0
    if (a == 0xed && b > 0x9f) return 0
    return 3
  }
  const d = <u32>load<u8>(p + 3)
  if (a > 0xf4 || (b & 0xc0) != 0x80 || (c & 0xc0) != 0x80 || (d & 0xc0) != 0x80) return 0
  if (a == 0xf0 && b < 0x90) return 0
  if (a == 0xf4 && b > 0x8f) return 0
  return 4
}

/** Address of the next newline at or after `p`; the caller knows that there is one. */
export function findNewline(p: usize): usize {
  const newline = i8x16.splat(0x0a)
  while (true) {
    const m = i8x16.bitmask(i8x16.eq(v128.load(p), newline))
    if (m != 0) return p + ctz(m)
    p += 16
  }
  return 0
}
