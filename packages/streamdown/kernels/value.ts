// Values by address: how one field's value is compared, hashed and ordered. Not kernels: inlined into those that use them.
//
// As keys -0 equals 0 and NaN equals NaN; intervals are equal when they are the same length with months of 30 days and
// days of 24 hours. In an order NaN stands behind every number, strings and bytes are ordered by their bytes.

/** Codes of src/types/physical.ts. */
export const BOOL: u32 = 0
export const I8: u32 = 1
export const I16: u32 = 2
export const I32: u32 = 3
export const I64: u32 = 4
export const F32: u32 = 5
export const F64: u32 = 6
export const I128: u32 = 7
export const INTERVAL: u32 = 8
export const VIEW: u32 = 9
/** A view of bytes that order as the numbers do, then two bytes of scale, which equality and order leave out. */
export const NUMERIC: u32 = 10

const SEED: u64 = 0x9ae16a3b2f90404f
const MULTIPLY: u64 = 0x9e3779b97f4a7c15
const FINISH: u64 = 0xd6e8feb86659fd93
const NULL_WORD: u64 = 0x7f4a7c15c3a5c85c
const DAY: i64 = 86400000000
const NUMERIC_SCALE_BYTES: usize = 2
const CANONICAL_NAN: u64 = 0x7ff8000000000000

/** log2 of the bytes of a value. */
@inline
export function widthBits(physical: u32): usize {
  // Four bits a code, lowest first: bool 0, i8 0, i16 1, i32 2, i64 3, f32 2, f64 3, i128 4, interval 4, view 4,
  // numeric 4.
  return <usize>((0x44443232100 >> (<u64>physical << 2)) & 15)
}

@inline
export function hashStart(): u64 {
  return SEED
}

@inline
export function hashWord(hash: u64, word: u64): u64 {
  const mixed = (hash ^ word) * MULTIPLY
  return mixed ^ (mixed >> 32)
}

@inline
export function hashNull(hash: u64): u64 {
  return hashWord(hash, NULL_WORD)
}

@inline
export function hashEnd(hash: u64): u32 {
  return <u32>((hash * FINISH) >> 32)
}

@inline
function f64Word(at: usize): u64 {
  const value = load<f64>(at)
  if (value != value) return CANONICAL_NAN
  return value == 0 ? 0 : reinterpret<u64>(value)
}

@inline
function f32Word(at: usize): u64 {
  const value = load<f32>(at)
  if (value != value) return 0x7fc00000
  return value == 0 ? 0 : <u64>reinterpret<u32>(value)
}

/** Whole days of an interval: months of 30 days, and its microseconds' days rounded down. */
@inline
export function intervalDays(at: usize): i64 {
  const micros = load<i64>(at, 8)
  let days = micros / DAY
  if (days * DAY > micros) days--
  return <i64>load<i32>(at) * 30 + <i64>load<i32>(at, 4) + days
}

@inline
export function intervalRest(at: usize): i64 {
  const micros = load<i64>(at, 8)
  const rest = micros % DAY
  return rest < 0 ? rest + DAY : rest
}

/** The address of the bytes of a view. */
@inline
export function viewBytes(at: usize): usize {
  return load<u32>(at) <= 12 ? at + 4 : <usize>load<u32>(at, 12)
}

function hashLongView(start: u64, at: usize): u64 {
  const length = <usize>load<u32>(at)
  const bytes = <usize>load<u32>(at, 12)
  let hash = hashWord(start, <u64>length)
  let i: usize = 0
  for (; i + 8 <= length; i += 8) hash = hashWord(hash, load<u64>(bytes + i))
  // The last eight bytes overlap the ones before: long views have more than twelve.
  if (i < length) hash = hashWord(hash, load<u64>(bytes + length - 8))
  return hash
}

@inline
export function hashView(hash: u64, at: usize): u64 {
  if (load<u32>(at) <= 12) return hashWord(hashWord(hash, load<u64>(at)), load<u64>(at, 8))
  return hashLongView(hash, at)
}

/** The bytes of a NUMERIC that make its value. */
@inline
function numericLength(at: usize): usize {
  return <usize>load<u32>(at) - NUMERIC_SCALE_BYTES
}

function hashNumeric(start: u64, at: usize): u64 {
  const length = numericLength(at)
  const bytes = viewBytes(at)
  let hash = hashWord(start, <u64>length)
  let i: usize = 0
  for (; i + 8 <= length; i += 8) hash = hashWord(hash, load<u64>(bytes + i))
  let rest: u64 = 0
  for (; i < length; i++) rest = (rest << 8) | <u64>load<u8>(bytes + i)
  return hashWord(hash, rest)
}

/** Folds the value at an address into a hash; integers of every width that are equal hash alike. */
export function hashValue(hash: u64, physical: u32, at: usize): u64 {
  switch (physical) {
    case BOOL:
      return hashWord(hash, <u64>load<u8>(at))
    case I8:
      return hashWord(hash, <u64>(<i64>load<i8>(at)))
    case I16:
      return hashWord(hash, <u64>(<i64>load<i16>(at)))
    case I32:
      return hashWord(hash, <u64>(<i64>load<i32>(at)))
    case I64:
      return hashWord(hash, load<u64>(at))
    case F32:
      return hashWord(hash, f32Word(at))
    case F64:
      return hashWord(hash, f64Word(at))
    case I128:
      return hashWord(hashWord(hash, load<u64>(at)), load<u64>(at, 8))
    case INTERVAL:
      return hashWord(hashWord(hash, <u64>intervalDays(at)), <u64>intervalRest(at))
    case NUMERIC:
      return hashNumeric(hash, at)
    default:
      return hashView(hash, at)
  }
}

export function equalBytes(a: usize, b: usize, length: usize): bool {
  let i: usize = 0
  for (; i + 8 <= length; i += 8) {
    if (load<u64>(a + i) != load<u64>(b + i)) return false
  }
  if (i == length) return true
  if (length >= 8) return load<u64>(a + length - 8) == load<u64>(b + length - 8)
  for (; i < length; i++) {
    if (load<u8>(a + i) != load<u8>(b + i)) return false
  }
  return true
}

/** Equality of two non-null values as keys. */
export function equalValues(physical: u32, a: usize, b: usize): bool {
  switch (physical) {
    case BOOL:
    case I8:
      return load<u8>(a) == load<u8>(b)
    case I16:
      return load<u16>(a) == load<u16>(b)
    case I32:
      return load<u32>(a) == load<u32>(b)
    case I64:
      return load<u64>(a) == load<u64>(b)
    case F32:
      return f32Word(a) == f32Word(b)
    case F64:
      return f64Word(a) == f64Word(b)
    case I128:
      return load<u64>(a) == load<u64>(b) && load<u64>(a, 8) == load<u64>(b, 8)
    case INTERVAL:
      return intervalDays(a) == intervalDays(b) && intervalRest(a) == intervalRest(b)
    case NUMERIC: {
      const length = numericLength(a)
      return length == numericLength(b) && equalBytes(viewBytes(a), viewBytes(b), length)
    }
    default:
      if (load<u64>(a) != load<u64>(b)) return false
      if (load<u32>(a) <= 12) return load<u64>(a, 8) == load<u64>(b, 8)
      return equalBytes(<usize>load<u32>(a, 12), <usize>load<u32>(b, 12), <usize>load<u32>(a))
  }
}

@inline
function order<T>(a: T, b: T): i32 {
  return a < b ? -1 : a > b ? 1 : 0
}

@inline
function orderF64(a: f64, b: f64): i32 {
  if (a != a) return b != b ? 0 : 1
  return b != b ? -1 : order<f64>(a, b)
}

function orderViews(a: usize, b: usize): i32 {
  const first = order<u32>(bswap<u32>(load<u32>(a, 4)), bswap<u32>(load<u32>(b, 4)))
  if (first != 0) return first
  if (load<u64>(a) == load<u64>(b) && load<u64>(a, 8) == load<u64>(b, 8)) return 0
  const lengthA = <usize>load<u32>(a)
  const lengthB = <usize>load<u32>(b)
  return orderBytes(viewBytes(a), lengthA, viewBytes(b), lengthB)
}

/** -1, 0 or 1: the order of two NUMERICs, NaN behind every other. */
export function orderNumerics(a: usize, b: usize): i32 {
  return orderBytes(viewBytes(a), numericLength(a), viewBytes(b), numericLength(b))
}

function orderBytes(bytesA: usize, lengthA: usize, bytesB: usize, lengthB: usize): i32 {
  const common = min(lengthA, lengthB)
  let i: usize = 0
  for (; i + 8 <= common; i += 8) {
    const x = load<u64>(bytesA + i)
    const y = load<u64>(bytesB + i)
    if (x != y) return bswap<u64>(x) < bswap<u64>(y) ? -1 : 1
  }
  for (; i < common; i++) {
    const x = load<u8>(bytesA + i)
    const y = load<u8>(bytesB + i)
    if (x != y) return x < y ? -1 : 1
  }
  return order<usize>(lengthA, lengthB)
}

/** -1, 0 or 1: the ascending order of two non-null values. */
export function compareValues(physical: u32, a: usize, b: usize): i32 {
  switch (physical) {
    case BOOL:
      return order<u8>(load<u8>(a), load<u8>(b))
    case I8:
      return order<i8>(load<i8>(a), load<i8>(b))
    case I16:
      return order<i16>(load<i16>(a), load<i16>(b))
    case I32:
      return order<i32>(load<i32>(a), load<i32>(b))
    case I64:
      return order<i64>(load<i64>(a), load<i64>(b))
    case F32:
      return orderF64(<f64>load<f32>(a), <f64>load<f32>(b))
    case F64:
      return orderF64(load<f64>(a), load<f64>(b))
    case I128: {
      const high = order<i64>(load<i64>(a, 8), load<i64>(b, 8))
      return high != 0 ? high : order<u64>(load<u64>(a), load<u64>(b))
    }
    case INTERVAL: {
      const days = order<i64>(intervalDays(a), intervalDays(b))
      return days != 0 ? days : order<i64>(intervalRest(a), intervalRest(b))
    }
    case NUMERIC:
      return orderNumerics(a, b)
    default:
      return orderViews(a, b)
  }
}

@inline
function orderedI64(value: i64): u64 {
  return <u64>value ^ 0x8000000000000000
}

@inline
function orderedF64(value: f64): u64 {
  if (value != value) return u64.MAX_VALUE
  const bits = value == 0 ? <u64>0 : reinterpret<u64>(value)
  return (bits >> 63) != 0 ? ~bits : bits ^ 0x8000000000000000
}

/** Up to eight bytes of a view, first byte highest, zero padded. */
function viewPrefix(at: usize): u64 {
  const length = load<u32>(at)
  if (length <= 12) return bswap<u64>(load<u64>(at, 4))
  return bswap<u64>(load<u64>(<usize>load<u32>(at, 12)))
}

/** The same of the bytes of a NUMERIC without its scale. */
function numericPrefix(at: usize): u64 {
  const length = min(numericLength(at), 8)
  const bytes = viewBytes(at)
  let prefix: u64 = 0
  for (let i: usize = 0; i < length; i++) prefix |= <u64>load<u8>(bytes + i) << (56 - (i << 3))
  return prefix
}

/** The bytes of a view or NUMERIC that decide its order. */
@inline
export function orderedLength(physical: u32, at: usize): u32 {
  return physical == NUMERIC ? <u32>numericLength(at) : load<u32>(at)
}

/** An unsigned number that orders as the value does, or ties: where it ties the values themselves must be compared. */
export function orderPrefix(physical: u32, at: usize): u64 {
  switch (physical) {
    case BOOL:
      return <u64>load<u8>(at)
    case I8:
      return orderedI64(<i64>load<i8>(at))
    case I16:
      return orderedI64(<i64>load<i16>(at))
    case I32:
      return orderedI64(<i64>load<i32>(at))
    case I64:
      return orderedI64(load<i64>(at))
    case F32:
      return orderedF64(<f64>load<f32>(at))
    case F64:
      return orderedF64(load<f64>(at))
    case I128: {
      const low = load<i64>(at)
      const high = load<i64>(at, 8)
      if (high == low >> 63) return orderedI64(low)
      return high < 0 ? 0 : u64.MAX_VALUE
    }
    case INTERVAL:
      return orderedI64(intervalDays(at))
    case NUMERIC:
      return numericPrefix(at)
    default:
      return viewPrefix(at)
  }
}

/** Whether values with equal prefixes are equal for sure, NULL and the two ends aside. */
@inline
export function prefixDecides(physical: u32): bool {
  return physical <= F64
}
