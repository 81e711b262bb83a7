import type { Numeric } from '../../../types/value.ts'
import { type Json, JsonNumber, writeJson } from '../../../values/json.ts'
import { digitsIn, numericText, parseNumeric, withScale } from '../../../values/numeric.ts'
import { absolute, ceiling, floor, round } from '../../numeric/arithmetic.ts'
import type { Zone } from '../../time/zone.ts'
import { PathError } from './errors.ts'
import { type Item, isArray, isObject, numberOf, numericOf, typeName } from './item.ts'
import { asKind, PathTime, parseByTemplate, parseIso, pathTimeText, roundedTime, type TimeKind } from './times.ts'
import type { MethodCall } from './tree.ts'

/** What a method needs of the evaluation around it. */
export interface MethodContext {
  readonly zone: Zone | undefined
  /** A value that is no array is taken as one of it. */
  readonly unwraps: boolean
  /** Fails where the structure counts. */
  readonly misfit: (message: string) => void
  readonly idOf: (object: Item) => number
}

/** What the method gives of an item; throws PathError where it takes none such. */
export function callMethod(call: MethodCall, item: Item, context: MethodContext): readonly Item[] {
  switch (call.name) {
    case 'type':
      return [typeName(item)]
    case 'size':
      if (isArray(item)) return [new JsonNumber(String(item.length))]
      if (context.unwraps) return [new JsonNumber('1')]
      context.misfit('.size() is of arrays')
      return []
    case 'abs':
      return [ofNumber(call, item, absolute)]
    case 'floor':
      return [ofNumber(call, item, floor)]
    case 'ceiling':
      return [ofNumber(call, item, ceiling)]
    case 'double':
      return [double(call, item)]
    case 'number':
    case 'decimal':
      return [decimal(call, item)]
    case 'integer':
      return [integer(call, item, 31n)]
    case 'bigint':
      return [integer(call, item, 63n)]
    case 'boolean':
      return [boolean(call, item)]
    case 'string':
      return [string(call, item)]
    case 'keyvalue':
      return keyValues(call, item, context)
    default:
      return [time(call, item, context.zone)]
  }
}

const invalid = ({ name }: MethodCall, item: Item): never => {
  const shown = item instanceof PathTime ? pathTimeText(item) : writeJson(item)
  throw new PathError(`${shown} is nothing for the method .${name}() of a JSON path`)
}

function ofNumber(call: MethodCall, item: Item, compute: (value: Numeric) => Numeric): JsonNumber {
  return item instanceof JsonNumber ? numberOf(compute(numericOf(item))) : invalid(call, item)
}

function double(call: MethodCall, item: Item): JsonNumber {
  if (item instanceof JsonNumber) return Number.isFinite(Number(item.text)) ? item : invalid(call, item)
  const number = typeof item === 'string' && isNumber(item) ? Number(item) : Number.NaN
  if (!Number.isFinite(number)) return invalid(call, item)
  const digits = parseNumeric(String(Number(number.toPrecision(15))))
  return digits === undefined || digits === 'too large' ? invalid(call, item) : numberOf(digits)
}

const isNumber = (text: string): boolean => /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(text)

/** A number, or a text that is one. */
function numericIn(call: MethodCall, item: Item): Numeric {
  if (item instanceof JsonNumber) return numericOf(item)
  const value = typeof item === 'string' ? parseNumeric(item) : undefined
  return value === undefined || value === 'too large' || value.special !== undefined ? invalid(call, item) : value
}

function decimal(call: MethodCall, item: Item): JsonNumber {
  const value = numericIn(call, item)
  const [precision, scale = 0] = call.args
  if (typeof precision !== 'number' || typeof scale !== 'number') return numberOf(value)
  if (precision < 1 || precision > 1000 || scale < -1000 || scale > 1000) return invalid(call, item)
  const rounded = scale < 0 ? round(value, scale) : withScale(value, scale)
  const digits = rounded.digits === 0n ? 0 : digitsIn(rounded.digits) - Math.max(rounded.scale, 0)
  return digits > precision - scale ? invalid(call, item) : numberOf(rounded)
}

/** A number rounded, or a text of a whole one, of so many bits and a sign. */
function integer(call: MethodCall, item: Item, bits: bigint): JsonNumber {
  if (typeof item === 'string' && !/^\s*[+-]?\d+\s*$/.test(item)) return invalid(call, item)
  const { digits } = round(numericIn(call, item), 0)
  const limit = 1n << bits
  return digits >= -limit && digits < limit ? new JsonNumber(String(digits)) : invalid(call, item)
}

const truths = ['true', 'yes', 'on', '1']
const falsehoods = ['false', 'no', 'off', '0']

function boolean(call: MethodCall, item: Item): boolean {
  if (typeof item === 'boolean') return item
  if (item instanceof JsonNumber) {
    const value = numericOf(item)
    if (value.scale > 0 || value.digits !== BigInt.asIntN(32, value.digits)) return invalid(call, item)
    return value.digits !== 0n
  }
  if (typeof item !== 'string') return invalid(call, item)
  // Any beginning of a word that no other has: of `on` and `off` it takes two letters.
  const text = item.trim().toLowerCase()
  const begins = (word: string): boolean => text !== '' && text !== 'o' && word.startsWith(text)
  if (truths.some(begins)) return true
  return falsehoods.some(begins) ? false : invalid(call, item)
}

function string(call: MethodCall, item: Item): string {
  if (item instanceof PathTime) return pathTimeText(item)
  if (item instanceof JsonNumber) return numericText(numericOf(item))
  if (typeof item === 'boolean') return String(item)
  return typeof item === 'string' ? item : invalid(call, item)
}

function keyValues(call: MethodCall, item: Item, { idOf }: MethodContext): readonly Item[] {
  if (!isObject(item)) return invalid(call, item)
  const id = new JsonNumber(String(idOf(item)))
  return [...item].map(
    ([key, value]): Json =>
      new Map<string, Json>([
        ['id', id],
        ['key', key],
        ['value', value],
      ]),
  )
}

const kinds: Readonly<Record<string, TimeKind>> = {
  date: 'date',
  time: 'time without time zone',
  time_tz: 'time with time zone',
  timestamp: 'timestamp without time zone',
  timestamp_tz: 'timestamp with time zone',
}

function time(call: MethodCall, item: Item, zone: Zone | undefined): PathTime {
  if (typeof item !== 'string') return invalid(call, item)
  const [template] = call.args
  const parsed = typeof template === 'string' ? parseByTemplate(item, template) : parseIso(item)
  const kind = kinds[call.name]
  const made = parsed === undefined || kind === undefined ? parsed : asKind(parsed, kind, zone)
  if (made === undefined) return invalid(call, item)
  const [precision] = call.args
  return typeof precision === 'number' ? roundedTime(made, Math.min(precision, 6)) : made
}
