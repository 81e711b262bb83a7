import type { DataType } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { MICROS_PER_DAY } from '../../values/calendar.ts'
import { encodeNumeric } from '../../values/numeric-bytes.ts'
import { asBigint, asInterval, asNumber, asNumeric } from '../values.ts'

/*
 * Bytes whose order is the order of the values, so that nested values sort where bytes do:
 *
 *   element = 1, the value | 2                 NULL stands behind every value
 *   nested  = elements, 0                      the shorter stands first
 *   text    = bytes (0 as 0 255), 0 0
 *   numbers = big-endian with the sign bit turned; a negative double has all its bits turned
 */
const END = 0
const VALUE = 1
const NULL = 2

const encoder = new TextEncoder()

/** The bytes by which a value that is not NULL sorts: `compareValues(a, b)` has the sign of their order. */
export function sortKey(value: Value, type: DataType): Uint8Array {
  const bytes: number[] = []
  append(bytes, value, type)
  return Uint8Array.from(bytes)
}

function append(out: number[], value: Value, type: DataType): void {
  switch (type.is) {
    case 'null':
      return
    case 'boolean':
      out.push(value === true ? 1 : 0)
      return
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'date':
      integer(out, BigInt(asNumber(value)), 32)
      return
    case 'bigint':
    case 'time':
    case 'timestamp':
      integer(out, asBigint(value), 64)
      return
    case 'decimal':
      integer(out, asBigint(value), 128)
      return
    case 'real':
    case 'double':
      double(out, asNumber(value))
      return
    case 'interval': {
      const { months, days, micros } = asInterval(value)
      integer(out, BigInt(months * 30 + days) * MICROS_PER_DAY + micros, 128)
      return
    }
    case 'numeric':
      // The scale decides no order.
      text(out, encodeNumeric(asNumeric(value)).subarray(0, -2))
      return
    case 'string':
    case 'json':
      text(out, encoder.encode(String(value)))
      return
    case 'bytes':
      if (value instanceof Uint8Array) text(out, value)
      return
    case 'array':
      elements(out, value, () => type.element)
      return
    case 'row':
      elements(out, value, at => type.fields[at]?.type ?? { is: 'null' })
      return
    case 'map': {
      const { key, value: item } = type
      elements(out, Array.isArray(value) ? value.flat(1) : value, at => (at % 2 === 0 ? key : item))
    }
  }
}

function elements(out: number[], value: Value, typeOf: (at: number) => DataType): void {
  if (!Array.isArray(value)) return
  for (const [at, element] of value.entries()) {
    if (element === null) out.push(NULL)
    else {
      out.push(VALUE)
      append(out, element, typeOf(at))
    }
  }
  out.push(END)
}

function integer(out: number[], value: bigint, bits: number): void {
  const turned = BigInt.asUintN(bits, value) ^ (1n << BigInt(bits - 1))
  for (let shift = bits - 8; shift >= 0; shift -= 8) out.push(Number((turned >> BigInt(shift)) & 255n))
}

const float = new DataView(new ArrayBuffer(8))

function double(out: number[], value: number): void {
  float.setFloat64(0, value === 0 ? 0 : Number.isNaN(value) ? Number.NaN : value)
  const bits = float.getBigInt64(0)
  integer(out, bits < 0n ? bits ^ ((1n << 63n) - 1n) : bits, 64)
}

function text(out: number[], bytes: Uint8Array): void {
  for (const byte of bytes) {
    out.push(byte)
    if (byte === 0) out.push(255)
  }
  out.push(0, 0)
}
