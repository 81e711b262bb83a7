// One text value into its column, shared by the JSON and CSV kernels. A child (64 bytes) says what becomes of it; its
// layout and the header of the block stand in json-decode.ts.
import {
  ERR_RANGE, ERR_TIME, ERR_TYPE,
  KIND_DATE, KIND_DECIMAL, KIND_F32, KIND_F64, KIND_I16, KIND_I32, KIND_I64, KIND_I8, KIND_TIME, KIND_TIMESTAMP,
  decimalValue, doubleValue, intValue, parseDate, parseTime, parseTimestamp, power, scannedDecimal, scannedDouble,
  scannedInteger, textEnd,
} from './text-values'

/** A value that JavaScript finishes: its text, its column, its row. */
export function fixup(block: usize, column: u32, row: u32, from: usize, to: usize): void {
  const count = load<u32>(block, 28)
  const at = <usize>load<u32>(block, 24) + (<usize>count << 4)
  store<u32>(at, column)
  store<u32>(at, row, 4)
  store<u32>(at, <u32>from, 8)
  store<u32>(at, <u32>(to - from), 12)
  store<u32>(block, count + 1, 28)
}

/** The number just scanned, whose text is from `p` to `q`, into its column; 0 or the error. */
export function storeNumber(block: usize, child: usize, kind: i32, p: usize, q: usize, row: u32): i32 {
  const data = <usize>load<u32>(child, 36)
  if (kind == KIND_F64 || kind == KIND_F32) {
    if (!scannedDouble()) fixup(block, load<u32>(child, 32), row, p, q)
    else if (kind == KIND_F64) store<f64>(data + (<usize>row << 3), doubleValue)
    else {
      const narrow = <f32>doubleValue
      if (abs(narrow) == Infinity) return ERR_RANGE
      store<f32>(data + (<usize>row << 2), narrow)
    }
    return 0
  }
  if (kind == KIND_DECIMAL) {
    const result = scannedDecimal(load<u32>(child, 24), load<u32>(child, 28))
    if (result > 0) return result
    if (result < 0) fixup(block, load<u32>(child, 32), row, p, q)
    else {
      store<i64>(data + (<usize>row << 4), decimalValue)
      store<i64>(data + (<usize>row << 4), decimalValue >> 63, 8)
    }
    return 0
  }
  if (kind != KIND_TIMESTAMP && (kind < KIND_I8 || kind > KIND_I64)) return ERR_TYPE
  const result = scannedInteger()
  if (result != 0) return result
  let v = intValue
  if (kind == KIND_TIMESTAMP) {
    const unit = (load<u32>(block, 48) >> 2) & 7
    if (unit == 0) return ERR_TYPE
    if (unit <= 2) {
      const factor: i64 = unit == 1 ? 1000000 : 1000
      if (v > i64.MAX_VALUE / factor || v < i64.MIN_VALUE / factor) return ERR_RANGE
      v *= factor
    } else if (unit == 4) v = v >= 0 ? v / 1000 : -((999 - v) / 1000)
    const cut = <i64>power(6 - load<u32>(child, 24))
    if (cut > 1) v -= ((v % cut) + cut) % cut
    store<i64>(data + (<usize>row << 3), v)
  } else if (kind == KIND_I64) store<i64>(data + (<usize>row << 3), v)
  else if (kind == KIND_I32) {
    if (v != <i64>(<i32>v)) return ERR_RANGE
    store<i32>(data + (<usize>row << 2), <i32>v)
  } else if (kind == KIND_I16) {
    if (v != <i64>(<i16>v)) return ERR_RANGE
    store<i16>(data + (<usize>row << 1), <i16>v)
  } else {
    if (v != <i64>(<i8>v)) return ERR_RANGE
    store<i8>(data + row, <i8>v)
  }
  return 0
}

/** The date, time or timestamp from `p` to `q`, or NaN and the infinities, into its column; 0 or the error. */
export function storeWord(block: usize, child: usize, kind: i32, p: usize, q: usize, row: u32): i32 {
  const data = <usize>load<u32>(child, 36)
  if (kind == KIND_TIMESTAMP) {
    const t = parseTimestamp(p, q, load<u32>(block, 48) & 3, load<u32>(child, 24))
    if (t == i64.MIN_VALUE) return ERR_TIME
    store<i64>(data + (<usize>row << 3), t)
    return 0
  }
  if (kind == KIND_DATE) {
    const d = q - p == 10 ? parseDate(p) : i32.MIN_VALUE
    if (d == i32.MIN_VALUE) return ERR_TIME
    store<i32>(data + (<usize>row << 2), d)
    return 0
  }
  if (kind == KIND_TIME) {
    const t = q - p < 5 ? i64.MIN_VALUE : parseTime(p, load<u32>(child, 24))
    if (t == i64.MIN_VALUE) return ERR_TIME
    if (textEnd != q && !(load<u8>(textEnd) == 0x5a && textEnd + 1 == q)) return ERR_TIME
    store<i64>(data + (<usize>row << 3), t)
    return 0
  }
  if (kind != KIND_F64 && kind != KIND_F32) return ERR_TYPE
  let f: f64 = NaN
  if (!(q - p == 3 && load<u16>(p) == 0x614e && load<u8>(p + 2) == 0x4e)) {
    const minus = load<u8>(p) == 0x2d
    const s = minus ? p + 1 : p
    // 'Infinity'
    if (q - s != 8 || load<u64>(s) != 0x7974696e69666e49) return ERR_TYPE
    f = minus ? -Infinity : Infinity
  }
  if (kind == KIND_F64) store<f64>(data + (<usize>row << 3), f)
  else store<f32>(data + (<usize>row << 2), <f32>f)
  return 0
}
