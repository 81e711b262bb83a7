import { failures } from '../../errors/table.ts'
import { compareValues } from '../../types/compare-values.ts'
import { type DataType, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { decimalText } from '../../values/decimal-digits.ts'
import { isJsonArray, isJsonObject, parseJson, writeJson } from '../../values/json.ts'
import { textOf } from '../cast.ts'
import { commonOfArguments, commonType, isInteger } from '../common-type.ts'
import {
  type BoundArgument,
  definer,
  type FunctionContext,
  type FunctionRules,
  firstType,
  js,
  jsOrNull,
} from '../define.ts'
import { type Coerce, RowError, type ScalarFunction, type Signature } from '../definition.ts'
import { resultOfTotal, totalOfValues } from '../numeric/total.ts'
import { asArray, asCount, asText } from '../values.ts'

export const define = definer('nested')
export const { string, int, bigint, boolean } = types

export const elementOf = (type: DataType | undefined): DataType => (type?.is === 'array' ? type.element : types.null)
export const keyOf = (type: DataType | undefined): DataType => (type?.is === 'map' ? type.key : types.null)
export const itemOf = (type: DataType | undefined): DataType => (type?.is === 'map' ? type.value : types.null)

export const same = (a: Value | undefined, b: Value | undefined): boolean => compareValues(a ?? null, b ?? null) === 0

export const has = (list: readonly Value[], item: Value | undefined): boolean => list.some(other => same(other, item))

export function unique(list: readonly Value[]): Value[] {
  const kept: Value[] = []
  for (const item of list) if (!has(kept, item)) kept.push(item)
  return kept
}

/** An array and something of its element type; of a bare NULL as the array, what the other says. */
export const arrayAndElement =
  (arrayFirst: boolean): Coerce =>
  (args, rules) => {
    const [array, item] = arrayFirst ? args : [args[1], args[0]]
    if (array === undefined || item === undefined || args.length !== 2) return undefined
    const unsaid = array.type.is === 'null' && item.type.is !== 'null' && item.type.is !== 'array'
    if (array.type.is !== 'array' && !unsaid) return undefined
    const known = elementOf(array.type)
    const element = known.is === 'null' ? item.type : commonOfArguments([{ type: known, nullable: true }, item], rules)
    if (element === undefined) return undefined
    const list = types.array(element)
    return arrayFirst ? [list, element] : [element, list]
  }

/** Arrays of one type. */
export const sameArrays: Coerce = (args, rules) => {
  let common: DataType | undefined = types.null
  for (const { type } of args) {
    if (type.is !== 'array' && type.is !== 'null') return undefined
    common = common === undefined ? undefined : commonType(common, type, rules)
  }
  const type = common
  return type === undefined || type.is === 'null' ? undefined : args.map(() => type)
}

export const sameMaps: Coerce = (args, rules) => {
  let common: DataType | undefined = types.null
  for (const { type } of args) {
    if (type.is !== 'map' && type.is !== 'null') return undefined
    common = common === undefined ? undefined : commonType(common, type, rules)
  }
  const type = common
  return type === undefined || type.is === 'null' ? undefined : args.map(() => type)
}

/** The first argument as it is, integers behind it. */
export const firstThenIntegers =
  (first: 'array' | 'map', bounds: DataType = bigint): Coerce =>
  args => {
    const [head, ...rest] = args
    const number = ({ type, literal }: BoundArgument): boolean =>
      isInteger(type) || type.is === 'null' || (type.is === 'string' && literal !== undefined)
    if (head?.type.is !== first || !rest.every(number)) return undefined
    return [head.type, ...rest.map(() => bounds)]
  }

export const onlyArray: Coerce = args => (args[0]?.type.is === 'array' ? args.map(arg => arg.type) : undefined)
export const onlyMap: Coerce = args => (args[0]?.type.is === 'map' ? args.map(arg => arg.type) : undefined)

export const mapAndKey: Coerce = ([map, key], rules) => {
  if (map?.type.is !== 'map' || key === undefined) return undefined
  const type = commonOfArguments([{ type: map.type.key, nullable: false }, key], rules)
  return type === undefined ? undefined : [types.map(type, map.type.value), type]
}

export const pairsOf = (value: Value | undefined): readonly (readonly [Value, Value])[] =>
  asArray(value).map(pair => [
    Array.isArray(pair) ? (pair[0] ?? null) : null,
    Array.isArray(pair) ? (pair[1] ?? null) : null,
  ])

/** Later entries replace earlier ones of their key, at the earlier one's place. */
export function mapFrom(pairs: Iterable<readonly [Value, Value]>): Value {
  const kept: [Value, Value][] = []
  for (const [k, v] of pairs) {
    if (k === null) throw new RowError(failures.argument, 'a key of a map must not be NULL')
    const known = kept.find(([other]) => same(other, k))
    if (known === undefined) kept.push([k, v])
    else known[1] = v
  }
  return kept
}

export function sortValues(list: readonly Value[], descending: boolean, nullsFirst: boolean): Value[] {
  return [...list].sort((a, b) => {
    if (a === null || b === null) return a === b ? 0 : (a === null) === nullsFirst ? -1 : 1
    return compareValues(a, b) * (descending ? -1 : 1)
  })
}

export function slice(args: readonly Value[], fromEnd: boolean): Value {
  const list = asArray(args[0])
  const at = (value: Value | undefined, otherwise: number): number => {
    if (value === undefined || value === null) return otherwise
    const index = asCount(value)
    if (index === 0 && fromEnd) return 1
    return index < 0 && fromEnd ? list.length + index + 1 : index
  }
  return list.slice(Math.max(0, at(args[1], 1) - 1), Math.max(0, at(args[2], list.length)))
}

export const sumType = (type: DataType): DataType => {
  if (type.is === 'bigint') return types.decimal(38, 0)
  if (isInteger(type)) return bigint
  return type.is === 'decimal' ? types.decimal(38, type.scale) : type
}

export function sum(args: readonly Value[], { returns }: FunctionContext): Value {
  if (returns.is === 'numeric') return resultOfTotal('sum', totalOfValues(asArray(args[0])))
  let total: number | bigint | undefined
  for (const value of asArray(args[0])) {
    if (value === null) continue
    if (returns.is === 'double' || returns.is === 'real') total = Number(total ?? 0) + Number(value)
    else if (typeof value === 'bigint' || typeof value === 'number') total = BigInt(total ?? 0) + BigInt(value)
  }
  return total ?? null
}

export const joinText = (args: readonly Value[], { types: all, timeZone }: FunctionContext): Value => {
  const element = elementOf(all[0])
  const filler = args[2]
  const texts = (list: readonly Value[], type: DataType): string[] =>
    list.flatMap(value => {
      if (type.is === 'array' && Array.isArray(value)) return texts(value, type.element)
      if (value === null) return filler === undefined || filler === null ? [] : [asText(filler)]
      return [
        type.is === 'decimal' && typeof value === 'bigint'
          ? decimalText(value, type.scale)
          : textOf(value, type, 'postgres', timeZone),
      ]
    })
  return texts(asArray(args[0]), element).join(asText(args[1]))
}

export const arrayAndTexts: Coerce = args =>
  args[0]?.type.is === 'array' ? args.map((arg, i) => (i === 0 ? arg.type : string)) : undefined

export const depthOf = (type: DataType): number => (type.is === 'array' ? 1 + depthOf(type.element) : 0)

export function dimensions(value: Value, type: DataType): readonly number[] {
  if (type.is !== 'array' || !Array.isArray(value) || value.length === 0) return []
  return [value.length, ...dimensions(value[0] ?? null, type.element)]
}

export const anySubscript: readonly Signature[] = [
  jsOrNull(
    ['array', 'bigint'],
    args => elementOf(args[0]?.type),
    args => {
      const index = asCount(args[1])
      return index < 1 ? null : (asArray(args[0])[index - 1] ?? null)
    },
    { coerce: firstThenIntegers('array') },
  ),
  jsOrNull(
    ['map', 'each'],
    args => itemOf(args[0]?.type),
    args => pairsOf(args[0]).find(([key]) => same(key, args[1]))?.[1] ?? null,
    { coerce: mapAndKey },
  ),
  jsOrNull(
    ['json', 'each'],
    types.json,
    args => {
      const value = parseJson(asText(args[0]))
      const key = args[1]
      const found =
        value === undefined
          ? undefined
          : typeof key === 'string' && isJsonObject(value)
            ? value.get(key)
            : isJsonArray(value) && key !== undefined && key !== null
              ? value.at(Number(key))
              : undefined
      return found === undefined ? null : writeJson(found)
    },
    {
      coerce: ([value, key]) =>
        value?.type.is === 'json' && key !== undefined
          ? [types.json, key.type.is === 'string' ? string : bigint]
          : undefined,
    },
  ),
]

export const binary = (
  name: string,
  summary: string,
  sql: string,
  gives: string,
  call: (a: readonly Value[], b: readonly Value[]) => Value,
  aliases?: readonly string[],
): ScalarFunction =>
  define(
    name,
    summary,
    [[sql, gives]],
    [js(['array', 'array'], firstType, args => call(asArray(args[0]), asArray(args[1])), { coerce: sameArrays })],
    aliases === undefined ? {} : { aliases },
  )

export const constructed = (args: readonly BoundArgument[], rules: FunctionRules): readonly DataType[] | undefined => {
  const common = commonOfArguments(args, rules)
  return common === undefined ? undefined : args.map(() => common)
}

export const mapEntries: Coerce = (args, rules) => {
  if (args.length % 2 !== 0) return undefined
  const key = commonOfArguments(
    args.filter((_, i) => i % 2 === 0),
    rules,
  )
  const value = commonOfArguments(
    args.filter((_, i) => i % 2 === 1),
    rules,
  )
  return key === undefined || value === undefined ? undefined : args.map((_, i) => (i % 2 === 0 ? key : value))
}

/** Nested arrays as PostgreSQL concatenates them: arrays, or an array and an element on either side. */
export const arrayConcat: readonly Signature[] = [
  js(
    ['array', 'array'],
    firstType,
    args => [...(args[0] === null ? [] : asArray(args[0])), ...(args[1] === null ? [] : asArray(args[1]))],
    { coerce: sameArrays },
  ),
  js(['array', 'each'], firstType, args => [...asArray(args[0]), args[1] ?? null], { coerce: arrayAndElement(true) }),
  js(
    ['each', 'array'],
    args => args[1]?.type ?? types.null,
    args => [args[0] ?? null, ...asArray(args[1])],
    { coerce: arrayAndElement(false) },
  ),
]
