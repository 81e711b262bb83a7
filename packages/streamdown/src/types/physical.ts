import type { DataType } from './data-type.ts'

/**
 * How a value lies in memory. `view` is Arrow's 16-byte string view: length (i32), then for up to 12 bytes the bytes
 * themselves (zero padded), else the first 4 bytes, a buffer index (0: the linear memory) and the address (u32).
 * `numeric` is a view of the bytes of `values/numeric-bytes.ts`, whose last two, the scale, no comparison looks at.
 */
export type Physical = 'bool' | 'i8' | 'i16' | 'i32' | 'i64' | 'f32' | 'f64' | 'i128' | 'interval' | 'view' | 'numeric'

const widths: Record<Physical, number> = {
  bool: 1,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  f32: 4,
  f64: 8,
  i128: 16,
  interval: 16,
  view: 16,
  numeric: 16,
}

/** Bytes of one value. */
export const widthOf = (physical: Physical): number => widths[physical]

/** Whether values lie as views: 16 bytes that may point to more. */
export const isView = (physical: Physical): boolean => physical === 'view' || physical === 'numeric'

/** Codes shared with the kernels: the byte that describes a field in a key or row descriptor. */
export const physicalCodes: Record<Physical, number> = {
  bool: 0,
  i8: 1,
  i16: 2,
  i32: 3,
  i64: 4,
  f32: 5,
  f64: 6,
  i128: 7,
  interval: 8,
  view: 9,
  numeric: 10,
}

export function physicalOf(type: DataType): Physical {
  switch (type.is) {
    case 'null':
    case 'boolean':
      return 'bool'
    case 'tinyint':
      return 'i8'
    case 'smallint':
      return 'i16'
    case 'int':
    case 'date':
      return 'i32'
    case 'bigint':
    case 'time':
    case 'timestamp':
      return 'i64'
    case 'real':
      return 'f32'
    case 'double':
      return 'f64'
    case 'decimal':
      return 'i128'
    case 'interval':
      return 'interval'
    case 'numeric':
      return 'numeric'
    case 'string':
    case 'bytes':
    case 'json':
    case 'row':
    case 'array':
    case 'map':
      return 'view'
  }
}
