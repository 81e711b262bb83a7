import { StreamdownError } from '../errors/error.ts'
import type { DataType } from '../types/data-type.ts'
import { isInterval, type Value } from '../types/value.ts'

/** Reads a value of a type of fixed width. */
export function readFixed(view: DataView, at: number, type: DataType): Value {
  switch (type.is) {
    case 'null':
      return null
    case 'boolean':
      return view.getUint8(at) !== 0
    case 'tinyint':
      return view.getInt8(at)
    case 'smallint':
      return view.getInt16(at, true)
    case 'int':
    case 'date':
      return view.getInt32(at, true)
    case 'bigint':
    case 'time':
    case 'timestamp':
      return view.getBigInt64(at, true)
    case 'real':
      return view.getFloat32(at, true)
    case 'double':
      return view.getFloat64(at, true)
    case 'decimal':
      return (view.getBigInt64(at + 8, true) << 64n) | view.getBigUint64(at, true)
    case 'interval':
      return {
        months: view.getInt32(at, true),
        days: view.getInt32(at + 4, true),
        micros: view.getBigInt64(at + 8, true),
      }
    default:
      throw new StreamdownError('DSD9002', `Type ${type.is} has no fixed width.`)
  }
}

/** Writes a value of a type of fixed width; the value must be of the type (`types/value.ts`). */
export function writeFixed(view: DataView, at: number, type: DataType, value: Value): void {
  if (writeIfFits(view, at, type, value)) return
  throw new StreamdownError('DSD9002', `A value of JavaScript type ${typeof value} does not fit type ${type.is}.`)
}

function writeIfFits(view: DataView, at: number, type: DataType, value: Value): boolean {
  switch (typeof value) {
    case 'boolean':
      if (type.is !== 'boolean') return false
      view.setUint8(at, value ? 1 : 0)
      return true
    case 'number':
      return writeNumber(view, at, type, value)
    case 'bigint':
      return writeBigint(view, at, type, value)
    case 'object':
      if (type.is !== 'interval' || !isInterval(value)) return false
      view.setInt32(at, value.months, true)
      view.setInt32(at + 4, value.days, true)
      view.setBigInt64(at + 8, value.micros, true)
      return true
    default:
      return false
  }
}

function writeNumber(view: DataView, at: number, type: DataType, value: number): boolean {
  switch (type.is) {
    case 'tinyint':
      view.setInt8(at, value)
      return true
    case 'smallint':
      view.setInt16(at, value, true)
      return true
    case 'int':
    case 'date':
      view.setInt32(at, value, true)
      return true
    case 'real':
      view.setFloat32(at, value, true)
      return true
    case 'double':
      view.setFloat64(at, value, true)
      return true
    default:
      return false
  }
}

function writeBigint(view: DataView, at: number, type: DataType, value: bigint): boolean {
  switch (type.is) {
    case 'bigint':
    case 'time':
    case 'timestamp':
      view.setBigInt64(at, value, true)
      return true
    case 'decimal':
      view.setBigUint64(at, BigInt.asUintN(64, value), true)
      view.setBigInt64(at + 8, value >> 64n, true)
      return true
    default:
      return false
  }
}
