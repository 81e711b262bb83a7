import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { isJsonArray, isJsonObject, type Json, writeJson } from '../../values/json.ts'
import { definer, js, jsOrNull } from '../define.ts'
import { type Coerce, RowError, type ScalarFunction } from '../definition.ts'
import { asArray, asText } from '../values.ts'
import { keysOf, read } from './read.ts'

const define = definer('json')
const { string, json, boolean } = types

/** What happens to the member or element at the end of a path; undefined: the value around it stays as it is. */
interface Ending {
  readonly member: (object: ReadonlyMap<string, Json>, key: string) => Json | undefined
  readonly element: (list: readonly Json[], index: number) => Json | undefined
}

/** The value with what the path leads to changed; itself where the path leads nowhere. */
function changedAt(value: Json, path: readonly string[], ending: Ending, depth = 0): Json {
  const key = path[depth]
  if (key === undefined) return value
  const last = depth === path.length - 1
  if (isJsonObject(value)) {
    if (last) return ending.member(value, key) ?? value
    const item = value.get(key)
    return item === undefined ? value : new Map([...value, [key, changedAt(item, path, ending, depth + 1)]])
  }
  if (isJsonArray(value)) {
    if (!/^\s*[+-]?\d+\s*$/.test(key))
      throw new RowError(failures.argument, `path element at position ${depth + 1} is not an integer: "${key}"`)
    const index = Number(key) < 0 ? value.length + Number(key) : Number(key)
    if (last) return ending.element(value, index) ?? value
    return value.map((item, i) => (i === index ? changedAt(item, path, ending, depth + 1) : item))
  }
  if (depth === 0) throw new RowError(failures.argument, 'a path cannot be set in a JSON scalar')
  return value
}

const setTo = (item: Json, create: boolean): Ending => ({
  member: (object, key) => (object.has(key) || create ? new Map([...object, [key, item]]) : undefined),
  element: (list, index) => {
    if (index >= 0 && index < list.length) return list.with(index, item)
    if (!create) return undefined
    return index < 0 ? [item, ...list] : [...list, item]
  },
})

const deleted: Ending = {
  member: (object, key) => new Map([...object].filter(([other]) => other !== key)),
  element: (list, index) => list.filter((_, i) => i !== index),
}

const inserted = (item: Json, after: boolean): Ending => ({
  member: (object, key) => {
    if (object.has(key)) throw new RowError(failures.argument, `JSONB_INSERT cannot replace the existing key "${key}"`)
    return new Map([...object, [key, item]])
  },
  element: (list, index) =>
    list.toSpliced(index < 0 ? 0 : after && index < list.length ? index + 1 : Math.min(index, list.length), 0, item),
})

/** JSON, a path and JSON, also written as text; then flags. */
const valuePathItem =
  (...flags: readonly (typeof boolean | typeof string)[]): Coerce =>
  args => {
    const [value, path, item] = args
    const given = (arg: typeof value): boolean =>
      arg !== undefined && (arg.type.is === 'json' || arg.type.is === 'null' || arg.literal !== undefined)
    if (!given(value) || path === undefined || !given(item)) return undefined
    return args.map((_, i) => [json, types.array(string), json, ...flags][i] ?? boolean)
  }

function setLax(args: readonly Value[]): Value {
  const [value, path, item, create = true, treatment = 'use_json_null'] = args
  if (value === null || path === null || create === null) return null
  const target = read(value)
  const keys = keysOf(path)
  if (item !== null) return writeJson(changedAt(target, keys, setTo(read(item), create !== false)))
  switch (treatment) {
    case 'use_json_null':
      return writeJson(changedAt(target, keys, setTo(null, create !== false)))
    case 'delete_key':
      return writeJson(changedAt(target, keys, deleted))
    case 'return_target':
      return writeJson(target)
    case 'raise_exception':
      throw new RowError(failures.argument, 'JSON value must not be null')
    default:
      throw new RowError(
        failures.argument,
        'the treatment of NULL must be raise_exception, use_json_null, delete_key or return_target',
      )
  }
}

/** JSON values with something at a path changed. */
export const jsonSettingFunctions: readonly ScalarFunction[] = [
  define(
    'jsonb_set',
    'A JSON value with what a path leads to replaced (or added).',
    [
      ["JSONB_SET(CAST('{\"a\": 1}' AS JSON), ARRAY['a'], CAST('2' AS JSON))", '{"a": 2}'],
      ["JSONB_SET('{\"a\": 1}', '{b}', '[2]')", '{"a": 1, "b": [2]}'],
    ],
    [
      js(
        ['json', 'array', 'json', 'boolean'],
        json,
        args => writeJson(changedAt(read(args[0]), keysOf(args[1]), setTo(read(args[2]), args[3] !== false))),
        { optional: 1, coerce: valuePathItem(boolean) },
      ),
    ],
  ),
  define(
    'jsonb_set_lax',
    'JSONB_SET that says what NULL does: raise_exception, use_json_null, delete_key or return_target.',
    [["JSONB_SET_LAX('{\"a\": 1}', '{a}', NULL, TRUE, 'delete_key')", '{}']],
    [
      jsOrNull(['json', 'array', 'json', 'boolean', 'string'], json, setLax, {
        optional: 2,
        coerce: valuePathItem(boolean, string),
      }),
    ],
    { strict: false },
  ),
  define(
    'jsonb_insert',
    'A JSON value with another one added at a path: before the element there, or after it.',
    [["JSONB_INSERT('{\"a\": [0, 1]}', '{a, 1}', '\"new\"')", '{"a": [0, "new", 1]}']],
    [
      js(
        ['json', 'array', 'json', 'boolean'],
        json,
        args => writeJson(changedAt(read(args[0]), keysOf(args[1]), inserted(read(args[2]), args[3] === true))),
        { optional: 1, coerce: valuePathItem(boolean) },
      ),
    ],
  ),
  define(
    'jsonb_object',
    'A JSON object of texts: of an array of keys and values in turn, or of one of keys and one of values.',
    [["JSONB_OBJECT('{a, 1, b, 2}')", '{"a": "1", "b": "2"}']],
    [
      js(['array', 'array'], json, args => writeJson(ofTexts(asArray(args[0]), args[1])), {
        optional: 1,
        coerce: args => (args.every(isTexts) ? args.map(() => types.array(string)) : undefined),
      }),
    ],
  ),
]

const isTexts: (arg: Parameters<Coerce>[0][number]) => boolean = ({ type, literal }) =>
  (type.is === 'array' && type.element.is === 'string') || (type.is === 'string' && literal !== undefined)

function ofTexts(list: readonly Value[], values: Value | undefined): Json {
  if (values === undefined && list.length % 2 !== 0)
    throw new RowError(failures.argument, 'the array must have an even number of elements')
  const keys = values === undefined ? list.filter((_, i) => i % 2 === 0) : list
  const items = values === undefined ? list.filter((_, i) => i % 2 === 1) : asArray(values)
  if (keys.length !== items.length)
    throw new RowError(failures.argument, 'the arrays of keys and of values must be of one length')
  return new Map(
    keys.map((key, i): [string, Json] => {
      if (key === null) throw new RowError(failures.argument, 'a key of a JSON object must not be NULL')
      const item = items[i] ?? null
      return [asText(key), item === null ? null : asText(item)]
    }),
  )
}
