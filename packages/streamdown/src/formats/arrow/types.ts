import * as arrow from '@uwdata/flechette'
import { StreamdownError } from '../../errors/error.ts'
import { type DataType, type Field, field, types } from '../../types/data-type.ts'

const { DateUnit, IntervalUnit, TimeUnit, Type } = arrow

/** The Arrow type that a column leaves as. */
export function toArrowType(type: DataType): arrow.DataType {
  switch (type.is) {
    case 'null':
      return arrow.nullType()
    case 'boolean':
      return arrow.bool()
    case 'tinyint':
      return arrow.int8()
    case 'smallint':
      return arrow.int16()
    case 'int':
      return arrow.int32()
    case 'bigint':
      return arrow.int64()
    case 'real':
      return arrow.float32()
    case 'double':
      return arrow.float64()
    case 'decimal':
      return arrow.decimal128(type.precision, type.scale)
    case 'string':
    case 'json':
    case 'numeric':
      return arrow.utf8()
    case 'bytes':
      return arrow.binary()
    case 'date':
      return arrow.dateDay()
    case 'time':
      return arrow.timeMicrosecond()
    case 'timestamp':
      return arrow.timestamp(TimeUnit.MICROSECOND, type.zoned ? 'UTC' : null)
    case 'interval':
      return arrow.interval(IntervalUnit.MONTH_DAY_NANO)
    case 'row':
      return arrow.struct(type.fields.map(each => arrow.field(each.name, toArrowType(each.type), each.nullable)))
    case 'array':
      return arrow.list(arrow.field('item', toArrowType(type.element)))
    case 'map':
      return arrow.map(arrow.field('key', toArrowType(type.key), false), arrow.field('value', toArrowType(type.value)))
  }
}

/** The type that an Arrow column comes in as; throws DSD2005 for unions, dictionaries of nested values, and decimals of more than 38 digits. */
export function fromArrowType(type: arrow.DataType): DataType {
  switch (type.typeId) {
    case Type.Dictionary:
      if ('children' in type.dictionary) break
      return fromArrowType(type.dictionary)
    case Type.RunEndEncoded:
      return fromArrowType(childOf(type.children, 1).type)
    case Type.Null:
      return types.null
    case Type.Bool:
      return types.boolean
    case Type.Int:
      return integerType(type.bitWidth, type.signed)
    case Type.Float:
      return type.precision === arrow.Precision.DOUBLE ? types.double : types.real
    case Type.Decimal:
      if (type.precision > 38 || type.scale < 0 || type.scale > type.precision) break
      return types.decimal(type.precision, type.scale)
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return types.string
    case Type.Binary:
    case Type.LargeBinary:
    case Type.BinaryView:
      return types.bytes
    case Type.FixedSizeBinary:
      return { is: 'bytes', length: type.stride, fixed: true }
    case Type.Date:
      return type.unit === DateUnit.DAY ? types.date : types.timestamp(3)
    case Type.Time:
      return types.time(precisionOf(type.unit))
    case Type.Timestamp:
      return type.timezone ? types.timestampLtz(precisionOf(type.unit)) : types.timestamp(precisionOf(type.unit))
    case Type.Interval:
    case Type.Duration:
      return types.interval
    case Type.List:
    case Type.LargeList:
    case Type.ListView:
    case Type.LargeListView:
    case Type.FixedSizeList:
      return types.array(fromArrowType(childOf(type.children, 0).type))
    case Type.Struct:
      return types.row(type.children.map(fromArrowField))
    case Type.Map: {
      const entry = childOf(type.children, 0).type
      if (entry.typeId !== Type.Struct) break
      return types.map(fromArrowType(childOf(entry.children, 0).type), fromArrowType(childOf(entry.children, 1).type))
    }
    default:
  }
  throw new StreamdownError('DSD2005', `Arrow columns of type id ${type.typeId} have no type here.`)
}

export function fromArrowField(arrowField: arrow.Field): Field {
  return field(arrowField.name, fromArrowType(arrowField.type), arrowField.nullable)
}

function childOf(children: readonly arrow.Field[], index: number): arrow.Field {
  const child = children[index]
  if (child === undefined) throw new StreamdownError('DSD2005', 'An Arrow type lacks a child type.')
  return child
}

function integerType(bitWidth: number, signed: boolean): DataType {
  // Unsigned integers take the next wider type, so that every value fits.
  const width = signed ? bitWidth : bitWidth * 2
  if (width <= 8) return types.tinyint
  if (width <= 16) return types.smallint
  if (width <= 32) return types.int
  return width <= 64 ? types.bigint : types.decimal(20, 0)
}

/** Digits of the second that a unit can hold here: nanoseconds are taken when they are whole microseconds. */
const precisionOf = (unit: number): number => (unit === TimeUnit.SECOND ? 0 : unit === TimeUnit.MILLISECOND ? 3 : 6)
