// Rows to NDJSON or CSV. One call writes rows until all are written or the output is full.
//
// Block: 0 out (in: where to write, out: behind what was written), 4 outEnd, 8 row, 12 rows, 16 columns, 20 column
// count, 24 CSV (0: JSON), 28 flags (1: ISO-8601 timestamps, 2: leave out NULL fields), 32 delimiter, 36 quote,
// 40 null text, 44 its length, 48 weights (0: all +1), 52 copies of the row already written, 56 needed,
// 60 fixed bytes a row takes at most, 64 opening text, 68 length, 72 closing text, 76 length, 80-92 the same for
// retractions. Offsets are from the block.
// Column (32 bytes): 0 data, 4 validity, 8 kind, 12 prefix (`"name":`), 16 its length, 20 precision, 24 scale, 28 zoned.
// A row with weight n is written |n| times; KIND_RAW columns are views of text that is copied as it is.
import {
  KIND_BOOL, KIND_DATE, KIND_DECIMAL, KIND_I16, KIND_I32, KIND_I64, KIND_I8, KIND_RAW, KIND_STRING, KIND_TIME,
  KIND_TIMESTAMP,
} from './text-values'

const pairs = memory.data<u8>([
  0x30, 0x30, 0x30, 0x31, 0x30, 0x32, 0x30, 0x33, 0x30, 0x34, 0x30, 0x35, 0x30, 0x36, 0x30, 0x37, 0x30, 0x38, 0x30, 0x39,
  0x31, 0x30, 0x31, 0x31, 0x31, 0x32, 0x31, 0x33, 0x31, 0x34, 0x31, 0x35, 0x31, 0x36, 0x31, 0x37, 0x31, 0x38, 0x31, 0x39,
  0x32, 0x30, 0x32, 0x31, 0x32, 0x32, 0x32, 0x33, 0x32, 0x34, 0x32, 0x35, 0x32, 0x36, 0x32, 0x37, 0x32, 0x38, 0x32, 0x39,
  0x33, 0x30, 0x33, 0x31, 0x33, 0x32, 0x33, 0x33, 0x33, 0x34, 0x33, 0x35, 0x33, 0x36, 0x33, 0x37, 0x33, 0x38, 0x33, 0x39,
  0x34, 0x30, 0x34, 0x31, 0x34, 0x32, 0x34, 0x33, 0x34, 0x34, 0x34, 0x35, 0x34, 0x36, 0x34, 0x37, 0x34, 0x38, 0x34, 0x39,
  0x35, 0x30, 0x35, 0x31, 0x35, 0x32, 0x35, 0x33, 0x35, 0x34, 0x35, 0x35, 0x35, 0x36, 0x35, 0x37, 0x35, 0x38, 0x35, 0x39,
  0x36, 0x30, 0x36, 0x31, 0x36, 0x32, 0x36, 0x33, 0x36, 0x34, 0x36, 0x35, 0x36, 0x36, 0x36, 0x37, 0x36, 0x38, 0x36, 0x39,
  0x37, 0x30, 0x37, 0x31, 0x37, 0x32, 0x37, 0x33, 0x37, 0x34, 0x37, 0x35, 0x37, 0x36, 0x37, 0x37, 0x37, 0x38, 0x37, 0x39,
  0x38, 0x30, 0x38, 0x31, 0x38, 0x32, 0x38, 0x33, 0x38, 0x34, 0x38, 0x35, 0x38, 0x36, 0x38, 0x37, 0x38, 0x38, 0x38, 0x39,
  0x39, 0x30, 0x39, 0x31, 0x39, 0x32, 0x39, 0x33, 0x39, 0x34, 0x39, 0x35, 0x39, 0x36, 0x39, 0x37, 0x39, 0x38, 0x39, 0x39,
])
const scratch = memory.data(64)
const SCRATCH_END: usize = 56

@inline
function two(out: usize, n: u32): void {
  store<u16>(out, load<u16>(pairs + (<usize>n << 1)))
}

/** Decimal digits of `value` at `out`; returns the end. */
function unsigned(out: usize, value: u64): usize {
  let at = scratch + SCRATCH_END
  while (value >= 100) {
    at -= 2
    two(at, <u32>(value % 100))
    value /= 100
  }
  if (value >= 10) {
    at -= 2
    two(at, <u32>value)
  } else store<u8>(--at, 0x30 + <u32>value)
  const length = scratch + SCRATCH_END - at
  memory.copy(out, at, length)
  return out + length
}

function signed(out: usize, value: i64): usize {
  if (value >= 0) return unsigned(out, value)
  store<u8>(out, 0x2d)
  return unsigned(out + 1, 0 - <u64>value)
}

/** A 128-bit number of unscaled digits with `scale` digits behind the point. */
function decimal(out: usize, low: u64, high: u64, scale: i32): usize {
  if (<i64>high < 0) {
    store<u8>(out++, 0x2d)
    low = 0 - low
    high = ~high + (low == 0 ? 1 : 0)
  }
  let at = scratch + SCRATCH_END
  let count = 0
  let a = high >> 32
  let b = high & 0xffffffff
  let c = low >> 32
  let d = low & 0xffffffff
  // Divides the four 32-bit limbs by 10^9 until nothing is left; each remainder is nine digits.
  while ((a | b | c | d) != 0 || count <= scale) {
    let r = a % 1000000000
    a /= 1000000000
    b |= r << 32
    r = b % 1000000000
    b /= 1000000000
    c |= r << 32
    r = c % 1000000000
    c /= 1000000000
    d |= r << 32
    let rest = <u32>(d % 1000000000)
    d /= 1000000000
    for (let i = 0; i < 9; i++) {
      store<u8>(--at, 0x30 + (rest % 10))
      rest /= 10
    }
    count += 9
  }
  // Leading zeros go, one digit stays before the point.
  while (count > scale + 1 && load<u8>(at) == 0x30) {
    at++
    count--
  }
  const whole = count - scale
  memory.copy(out, at, whole)
  out += whole
  if (scale > 0) {
    store<u8>(out++, 0x2e)
    memory.copy(out, at + whole, scale)
    out += scale
  }
  return out
}

/** 'YYYY-MM-DD'. Source: Hinnant, civil_from_days. */
function date(out: usize, days: i64): usize {
  const z = days + 719468
  const era = (z >= 0 ? z : z - 146096) / 146097
  const doe = z - era * 146097
  const yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365
  const doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
  const mp = (5 * doy + 2) / 153
  const day = doy - (153 * mp + 2) / 5 + 1
  const month = mp < 10 ? mp + 3 : mp - 9
  let year = yoe + era * 400 + (month <= 2 ? 1 : 0)
  if (year < 0) {
    store<u8>(out++, 0x2d)
    year = -year
  }
  if (year > 9999) out = unsigned(out, year)
  else {
    two(out, <u32>(year / 100))
    two(out + 2, <u32>(year % 100))
    out += 4
  }
  store<u8>(out, 0x2d)
  two(out + 1, <u32>month)
  store<u8>(out + 3, 0x2d)
  two(out + 4, <u32>day)
  return out + 6
}

/** 'HH:MM:SS' and a fraction of 3 or 6 digits when there is one. */
function time(out: usize, micros: i64): usize {
  const seconds = <u32>(micros / 1000000)
  const fraction = <u32>(micros % 1000000)
  two(out, seconds / 3600)
  store<u8>(out + 2, 0x3a)
  two(out + 3, (seconds / 60) % 60)
  store<u8>(out + 5, 0x3a)
  two(out + 6, seconds % 60)
  out += 8
  if (fraction == 0) return out
  store<u8>(out, 0x2e)
  two(out + 1, fraction / 10000)
  const rest = fraction % 10000
  two(out + 3, rest / 100)
  two(out + 5, rest % 100)
  return fraction % 1000 == 0 ? out + 4 : out + 7
}

function timestamp(out: usize, micros: i64, iso: bool, zoned: bool): usize {
  const day: i64 = 86400000000
  const days = (micros >= 0 ? micros : micros - (day - 1)) / day
  out = date(out, days)
  store<u8>(out, iso ? 0x54 : 0x20)
  out = time(out + 1, micros - days * day)
  if (zoned) store<u8>(out++, 0x5a)
  return out
}

@inline
function hex(n: u32): u32 {
  return n < 10 ? 0x30 + n : 0x57 + n
}

/** A JSON string body. Blocks of sixteen bytes without a special character are copied whole. */
function jsonText(out: usize, from: usize, length: usize): usize {
  const end = from + length
  while (from < end) {
    const v = v128.load(from)
    v128.store(out, v)
    const mask = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x5c))),
        i8x16.lt_u(v, i8x16.splat(0x20)),
      ),
    )
    const plain = min(<usize>ctz(mask | 0x10000), end - from)
    from += plain
    out += plain
    if (plain == 16 || from == end) continue
    const c = <u32>load<u8>(from++)
    store<u8>(out, 0x5c)
    if (c == 0x22 || c == 0x5c) store<u8>(out + 1, c)
    else if (c == 0x0a) store<u8>(out + 1, 0x6e)
    else if (c == 0x0d) store<u8>(out + 1, 0x72)
    else if (c == 0x09) store<u8>(out + 1, 0x74)
    else if (c == 0x08) store<u8>(out + 1, 0x62)
    else if (c == 0x0c) store<u8>(out + 1, 0x66)
    else {
      store<u32>(out + 1, 0x303075)
      store<u8>(out + 4, hex(c >> 4))
      store<u8>(out + 5, hex(c & 15))
      out += 4
    }
    out += 2
  }
  return out
}

/** A CSV field: quoted where a reader could take it for something else. */
function csvText(block: usize, out: usize, from: usize, length: usize): usize {
  const delimiter = load<u32>(block, 32)
  const quote = load<u32>(block, 36)
  const end = from + length
  const nullLength = load<u32>(block, 44)
  let plain = length != 0
  if (length == <usize>nullLength && memory.compare(from, block + load<u32>(block, 40), length) == 0) plain = false
  for (let p = from; plain && p < end; p++) {
    const c = <u32>load<u8>(p)
    plain = c != delimiter && c != quote && c != 0x0a && c != 0x0d
  }
  if (plain) {
    const first = <u32>load<u8>(from)
    plain = first != 0x20 && first != 0x23 && load<u8>(end - 1) != 0x20
  }
  if (plain) {
    memory.copy(out, from, length)
    return out + length
  }
  store<u8>(out++, quote)
  for (let p = from; p < end; p++) {
    const c = <u32>load<u8>(p)
    if (c == quote) store<u8>(out++, quote)
    store<u8>(out++, c)
  }
  store<u8>(out, quote)
  return out + 1
}

@inline
function text(out: usize, block: usize, place: usize): usize {
  const length = load<u32>(block + place, 4)
  memory.copy(out, block + load<u32>(block + place), length)
  return out + length
}

function field(block: usize, column: usize, row: usize, out: usize, csv: bool): usize {
  const data = <usize>load<u32>(column)
  const kind = <i32>load<u32>(column, 8)
  const iso = (load<u32>(block, 28) & 1) != 0
  switch (kind) {
    case KIND_BOOL: {
      if (load<u8>(data + row)) {
        store<u32>(out, 0x65757274)
        return out + 4
      }
      store<u32>(out, 0x736c6166)
      store<u8>(out + 4, 0x65)
      return out + 5
    }
    case KIND_I8:
      return signed(out, load<i8>(data + row))
    case KIND_I16:
      return signed(out, load<i16>(data + (row << 1)))
    case KIND_I32:
      return signed(out, load<i32>(data + (row << 2)))
    case KIND_I64:
      return signed(out, load<i64>(data + (row << 3)))
    case KIND_DECIMAL:
      return decimal(out, load<u64>(data + (row << 4)), load<u64>(data + (row << 4), 8), load<u32>(column, 24))
    case KIND_STRING:
    case KIND_RAW: {
      const view = data + (row << 4)
      const length = <usize>load<u32>(view)
      const from = length <= 12 ? view + 4 : <usize>load<u32>(view, 12)
      if (kind == KIND_RAW) {
        memory.copy(out, from, length)
        return out + length
      }
      if (csv) return csvText(block, out, from, length)
      store<u8>(out, 0x22)
      out = jsonText(out + 1, from, length)
      break
    }
    case KIND_DATE: {
      if (csv) return date(out, load<i32>(data + (row << 2)))
      store<u8>(out, 0x22)
      out = date(out + 1, load<i32>(data + (row << 2)))
      break
    }
    case KIND_TIME: {
      if (csv) return time(out, load<i64>(data + (row << 3)))
      store<u8>(out, 0x22)
      out = time(out + 1, load<i64>(data + (row << 3)))
      break
    }
    case KIND_TIMESTAMP: {
      const zoned = load<u32>(column, 28) != 0
      if (csv) return timestamp(out, load<i64>(data + (row << 3)), iso, zoned)
      store<u8>(out, 0x22)
      out = timestamp(out + 1, load<i64>(data + (row << 3)), iso, zoned)
      break
    }
    default:
      store<u32>(out, 0x6c6c756e)
      return out + 4
  }
  store<u8>(out, 0x22)
  return out + 1
}

/** Writes rows; returns 1 when the output is full (`needed` says how much the next row may take), 0 when done. */
export function text_encode(block: usize): i32 {
  const outEnd = <usize>load<u32>(block, 4)
  const rows = load<u32>(block, 12)
  const columns = block + load<u32>(block, 16)
  const columnsEnd = columns + (<usize>load<u32>(block, 20) << 5)
  const csv = load<u32>(block, 24) != 0
  const omit = (load<u32>(block, 28) & 2) != 0
  const delimiter = load<u32>(block, 32)
  const weights = <usize>load<u32>(block, 48)
  const fixed = <usize>load<u32>(block, 60)
  let out = <usize>load<u32>(block)
  let row = load<u32>(block, 8)
  let copies = load<u32>(block, 52)
  while (row < rows) {
    const weight = weights == 0 ? 1 : load<i32>(weights + (<usize>row << 2))
    if (copies >= <u32>abs(weight)) {
      row++
      copies = 0
      continue
    }
    let need = fixed
    for (let column = columns; column < columnsEnd; column += 32) {
      const kind = <i32>load<u32>(column, 8)
      const validity = load<u32>(column, 4)
      if ((kind == KIND_STRING || kind == KIND_RAW) && (validity == 0 || load<u8>(validity + row))) {
        need += <usize>load<u32>(<usize>load<u32>(column) + (<usize>row << 4)) * 6
      }
    }
    if (out + need > outEnd) {
      store<u32>(block, <u32>need, 56)
      store<u32>(block, row, 8)
      store<u32>(block, copies, 52)
      store<u32>(block, <u32>out)
      return 1
    }
    out = text(out, block, weight < 0 ? 80 : 64)
    let first = true
    for (let column = columns; column < columnsEnd; column += 32) {
      const validity = load<u32>(column, 4)
      const valid = validity == 0 || load<u8>(validity + row) != 0
      if (!valid && omit) continue
      if (!first) store<u8>(out++, csv ? delimiter : 0x2c)
      first = false
      out = text(out, block, column + 12 - block)
      if (valid) out = field(block, column, row, out, csv)
      else if (csv) out = text(out, block, 40)
      else {
        store<u32>(out, 0x6c6c756e)
        out += 4
      }
    }
    out = text(out, block, weight < 0 ? 88 : 72)
    copies++
  }
  store<u32>(block, row, 8)
  store<u32>(block, 0, 52)
  store<u32>(block, <u32>out)
  return 0
}
