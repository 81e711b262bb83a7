import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import { isJsonArray, isJsonObject, type Json, writeJson } from '../../values/json.ts'
import { definer, js } from '../define.ts'
import { RowError, type ScalarFunction, type Signature } from '../definition.ts'
import { asText } from '../values.ts'
import { anyJson, jsonPathArgs, keysOf, read } from './read.ts'

const define = definer('json')
const { string, json } = types

function concatenate(a: Json, b: Json): Json {
  if (isJsonObject(a) && isJsonObject(b)) return new Map([...a, ...b])
  const list = (value: Json): readonly Json[] => (isJsonArray(value) ? value : [value])
  return [...list(a), ...list(b)]
}

function without(value: Json, path: readonly string[]): Json {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (isJsonObject(value)) {
    const copy = new Map(value)
    const item = copy.get(key)
    if (rest.length === 0) copy.delete(key)
    else if (item !== undefined) copy.set(key, without(item, rest))
    return copy
  }
  if (isJsonArray(value) && /^-?\d+$/.test(key)) {
    const index = Number(key) < 0 ? value.length + Number(key) : Number(key)
    return value.flatMap((item, i) => (i !== index ? [item] : rest.length === 0 ? [] : [without(item, rest)]))
  }
  return value
}

function withoutKeys(value: Json, keys: readonly string[]): Json {
  if (isJsonObject(value)) return new Map([...value].filter(([key]) => !keys.includes(key)))
  if (isJsonArray(value)) return value.filter(item => typeof item !== 'string' || !keys.includes(item))
  throw new RowError(failures.argument, 'nothing can be deleted from a JSON scalar')
}

function stripNulls(value: Json): Json {
  if (isJsonArray(value)) return value.map(stripNulls)
  if (!isJsonObject(value)) return value
  return new Map(
    [...value].flatMap(([key, item]): [string, Json][] => (item === null ? [] : [[key, stripNulls(item)]])),
  )
}

export const jsonConcat = js(['json', 'json'], json, args => writeJson(concatenate(read(args[0]), read(args[1]))), {
  coerce: anyJson,
})
export const jsonMinus: readonly Signature[] = [
  js(['json', 'string'], json, args => writeJson(withoutKeys(read(args[0]), [asText(args[1])])), {
    coerce: ([a, b]) => (a?.type.is === 'json' && b?.type.is === 'string' ? [json, string] : undefined),
  }),
  js(['json', 'array'], json, args => writeJson(withoutKeys(read(args[0]), keysOf(args[1]))), {
    coerce: ([a, b]) => (a?.type.is === 'json' && b?.type.is === 'array' ? [json, types.array(string)] : undefined),
  }),
  js(
    ['json', 'integer'],
    json,
    args => {
      const value = read(args[0])
      if (!isJsonArray(value)) throw new RowError(failures.argument, 'an element can be deleted from a JSON array only')
      return writeJson(without(value, [String(args[1])]))
    },
    {
      coerce: ([a, b]) =>
        a?.type.is === 'json' && b !== undefined && ['tinyint', 'smallint', 'int', 'bigint'].includes(b.type.is)
          ? [json, types.bigint]
          : undefined,
    },
  ),
]

/** JSON values joined, and without some of what they hold. */
export const jsonRemovingFunctions: readonly ScalarFunction[] = [
  define(
    '#-',
    'A JSON value without what a path of keys leads to.',
    [['CAST(\'{"a": 1, "b": 2}\' AS JSON) #- ARRAY[\'a\']', '{"b": 2}']],
    [js(['json', 'array'], json, args => writeJson(without(read(args[0]), keysOf(args[1]))), { coerce: jsonPathArgs })],
    { aliases: ['jsonb_delete_path'] },
  ),
  define(
    'jsonb_strip_nulls',
    'A JSON value without members that are null.',
    [['JSONB_STRIP_NULLS(CAST(\'{"a": null, "b": 1}\' AS JSON))', '{"b": 1}']],
    [js(['json'], json, args => writeJson(stripNulls(read(args[0]))))],
    { aliases: ['json_strip_nulls'] },
  ),
]
