import { type DataType, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import {
  compactJson,
  isJsonArray,
  isJsonObject,
  type Json,
  JsonNumber,
  jsonEqual,
  parseJson,
  writeJson,
} from '../../values/json.ts'
import { type BoundArgument, definer, type FunctionContext, js, jsOrNull } from '../define.ts'
import { type Coerce, RowError, type ScalarFunction, type Signature } from '../definition.ts'
import { asArray, asCount, asText } from '../values.ts'
import { toJson } from './convert.ts'
import { findAll, jsonPath } from './path.ts'
import { populate } from './populate.ts'
import { read, textual } from './read.ts'
import { jsonRowFunctions } from './rows.ts'
import { jsonSettingFunctions } from './setting.ts'

const define = definer('json')
const { string, json, boolean, int } = types

const write = (value: Json | undefined): Value => (value === undefined ? null : writeJson(value))

function member(value: Json, key: Value | undefined): Json | undefined {
  if (typeof key === 'string') {
    if (isJsonObject(value)) return value.get(key)
    return isJsonArray(value) && /^-?\d+$/.test(key) ? value.at(Number(key)) : undefined
  }
  return isJsonArray(value) && key !== null && key !== undefined ? value.at(asCount(key)) : undefined
}

function pathOf(value: Value | undefined): readonly string[] {
  return asArray(value).map(part => (part === null ? '' : asText(part)))
}

const follow = (value: Json, path: readonly string[]): Json | undefined => {
  let current: Json | undefined = value
  for (const key of path) {
    if (current === undefined) return undefined
    current = member(current, key)
  }
  return current
}

const jsonKey: Coerce = ([value, key]) => {
  if (
    value === undefined ||
    key === undefined ||
    !(value.type.is === 'json' || (value.type.is === 'string' && value.literal !== undefined))
  )
    return undefined
  if (key.type.is === 'string' || key.type.is === 'null') return [json, string]
  return ['tinyint', 'smallint', 'int', 'bigint'].includes(key.type.is) ? [json, types.bigint] : undefined
}

const jsonPathArgs: Coerce = ([value, path]) =>
  value !== undefined &&
  (value.type.is === 'json' || value.type.is === 'string') &&
  path !== undefined &&
  (path.type.is === 'array' || path.type.is === 'string')
    ? [json, types.array(string)]
    : undefined

/** Whether `a` contains `b` as PostgreSQL's @> has it. */
function containsJson(a: Json, b: Json): boolean {
  if (isJsonObject(a) && isJsonObject(b)) {
    return [...b].every(([key, item]) => {
      const other = a.get(key)
      return other !== undefined && containsJson(other, item)
    })
  }
  if (isJsonArray(a)) {
    if (isJsonArray(b)) return b.every(item => a.some(other => containsJson(other, item)))
    return !isJsonObject(b) && a.some(other => jsonEqual(other, b))
  }
  return jsonEqual(a, b)
}

function hasKey(value: Json, key: string): boolean {
  if (isJsonObject(value)) return value.has(key)
  return isJsonArray(value) ? value.includes(key) : value === key
}

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
  throw new RowError(5, 'nothing can be deleted from a JSON scalar')
}

function stripNulls(value: Json): Json {
  if (isJsonArray(value)) return value.map(stripNulls)
  if (!isJsonObject(value)) return value
  return new Map(
    [...value].flatMap(([key, item]): [string, Json][] => (item === null ? [] : [[key, stripNulls(item)]])),
  )
}

function pretty(value: Json, indent: string): string {
  const inner = `${indent}    `
  if (isJsonArray(value)) {
    if (value.length === 0) return '[\n' + `${indent}]`
    return `[\n${value.map(item => inner + pretty(item, inner)).join(',\n')}\n${indent}]`
  }
  if (isJsonObject(value)) {
    if (value.size === 0) return '{\n' + `${indent}}`
    const entries = [...value].sort(([a], [b]) => (a < b ? -1 : 1))
    return `{\n${entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${pretty(item, inner)}`).join(',\n')}\n${indent}}`
  }
  return writeJson(value)
}

const typeName = (value: Json): string => {
  if (value === null) return 'null'
  if (value instanceof JsonNumber) return 'number'
  return isJsonArray(value) ? 'array' : isJsonObject(value) ? 'object' : typeof value
}

/** Values as JSON with the types that they come with. */
const parts = (args: readonly Value[], { types: all }: FunctionContext): Json[] =>
  args.map((value, i) => toJson(value, all[i] ?? types.null))

/** Types whose values are no keys of JSON objects. */
const nested: ReadonlySet<DataType['is']> = new Set(['array', 'row', 'map', 'json'])

function objectOf(args: readonly Value[], context: FunctionContext): ReadonlyMap<string, Json> {
  if (args.length % 2 !== 0) throw new RowError(5, 'a JSON object is made of keys and values in turn')
  const values = parts(args, context)
  const object = new Map<string, Json>()
  for (let i = 0; i < values.length; i += 2) {
    const key = values[i]
    if (key === null || key === undefined) throw new RowError(5, 'a key of a JSON object must not be NULL')
    if (nested.has(context.types[i]?.is ?? 'null')) throw new RowError(5, 'a key of a JSON object is a scalar')
    object.set(typeof key === 'string' ? key : writeJson(key), values[i + 1] ?? null)
  }
  return object
}

/** JSON_VALUE: a scalar as text; what is missing, no scalar or no JSON gives NULL. */
function scalarAt(args: readonly Value[]): Value {
  const value = parseJson(asText(args[0]))
  if (value === undefined) return null
  const found = findAll(value, jsonPath(asText(args[1])))
  const [first] = found
  if (found.length !== 1 || first === undefined || isJsonArray(first) || isJsonObject(first)) return null
  return textual(first)
}

function queryAt(args: readonly Value[]): Value {
  const value = parseJson(asText(args[0]))
  if (value === undefined) return null
  const found = findAll(value, jsonPath(asText(args[1])))
  const wrapper = args[2] === undefined ? '' : asText(args[2]).toUpperCase()
  const [first] = found
  if (wrapper.includes('WITH UNCONDITIONAL') || wrapper === 'WITH WRAPPER' || wrapper === 'WITH ARRAY WRAPPER')
    return compactJson(found)
  if (
    wrapper.includes('CONDITIONAL') &&
    !(found.length === 1 && first !== undefined && (isJsonArray(first) || isJsonObject(first)))
  )
    return compactJson(found)
  if (found.length !== 1 || first === undefined) return null
  return isJsonArray(first) || isJsonObject(first) ? compactJson(first) : null
}

function isJson(args: readonly Value[]): boolean {
  const value = parseJson(asText(args[0]))
  if (value === undefined) return false
  switch (args[1] === undefined ? 'VALUE' : asText(args[1]).trim().toUpperCase()) {
    case 'OBJECT':
      return isJsonObject(value)
    case 'ARRAY':
      return isJsonArray(value)
    case 'SCALAR':
      return !isJsonArray(value) && !isJsonObject(value)
    default:
      return true
  }
}

const anyJson: Coerce = args =>
  args.every(arg => arg.type.is === 'json' || arg.type.is === 'string') && args.some(arg => arg.type.is === 'json')
    ? args.map(() => json)
    : undefined
const firstOf = (args: readonly BoundArgument[]): DataType => args[0]?.type ?? types.null

export const jsonConcat = js(['json', 'json'], json, args => writeJson(concatenate(read(args[0]), read(args[1]))), {
  coerce: anyJson,
})
export const jsonMinus: readonly Signature[] = [
  js(['json', 'string'], json, args => writeJson(withoutKeys(read(args[0]), [asText(args[1])])), {
    coerce: ([a, b]) => (a?.type.is === 'json' && b?.type.is === 'string' ? [json, string] : undefined),
  }),
  js(['json', 'array'], json, args => writeJson(withoutKeys(read(args[0]), pathOf(args[1]))), {
    coerce: ([a, b]) => (a?.type.is === 'json' && b?.type.is === 'array' ? [json, types.array(string)] : undefined),
  }),
  js(
    ['json', 'integer'],
    json,
    args => {
      const value = read(args[0])
      if (!isJsonArray(value)) throw new RowError(5, 'an element can be deleted from a JSON array only')
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

export const jsonFunctions: readonly ScalarFunction[] = [
  define(
    'json_value',
    'The scalar that a path leads to, as text; NULL where there is none.',
    [['JSON_VALUE(\'{"a": {"b": "x"}}\', \'$.a.b\')', 'x']],
    [jsOrNull(['text', 'text'], string, scalarAt), jsOrNull(['json', 'text'], string, scalarAt)],
  ),
  define(
    'json_query',
    'The object or array that a path leads to, as JSON text; NULL where there is none.',
    [["JSON_QUERY('{\"a\": [1, 2]}', '$.a')", '[1,2]']],
    [
      jsOrNull(['text', 'text', 'text'], string, queryAt, { optional: 1 }),
      jsOrNull(['json', 'text', 'text'], string, queryAt, { optional: 1 }),
    ],
  ),
  define(
    'json_exists',
    'Whether a path leads to anything.',
    [["JSON_EXISTS('{\"a\": 1}', '$.a')", 'TRUE']],
    [
      js(['text', 'text'], boolean, args => {
        const value = parseJson(asText(args[0]))
        return value !== undefined && findAll(value, jsonPath(asText(args[1]))).length > 0
      }),
      js(['json', 'text'], boolean, args => findAll(read(args[0]), jsonPath(asText(args[1]))).length > 0),
    ],
    { aliases: ['jsonb_path_exists', 'json_path_exists'] },
  ),
  define(
    'is_json',
    'Whether the text is JSON (of the kind VALUE, SCALAR, ARRAY or OBJECT).',
    [
      ["'[1]' IS JSON ARRAY", 'TRUE'],
      ["'[1' IS JSON", 'FALSE'],
    ],
    [js(['text', 'text'], boolean, isJson, { optional: 1 }), js(['json', 'text'], boolean, isJson, { optional: 1 })],
  ),
  define(
    'json_string',
    'The value as JSON text.',
    [["JSON_STRING('a')", '"a"']],
    [js(['each'], string, (args, context) => compactJson(parts(args, context)[0] ?? null))],
  ),
  define(
    'json_quote',
    'The text as a JSON string.',
    [["JSON_QUOTE('a\"b')", '"a\\"b"']],
    [js(['text'], string, args => JSON.stringify(asText(args[0])))],
  ),
  define(
    'json_unquote',
    'The text of a JSON string; other texts as they are.',
    [['JSON_UNQUOTE(\'"a"\')', 'a']],
    [
      js(['text'], string, args => {
        const value = parseJson(asText(args[0]))
        return typeof value === 'string' ? value : asText(args[0])
      }),
    ],
  ),
  define(
    'json_length',
    'The number of elements or members; 1 for a scalar.',
    [["JSON_LENGTH('[1, 2]')", '2']],
    [
      jsOrNull(
        ['text', 'text'],
        int,
        args => {
          const value = parseJson(asText(args[0]))
          const found =
            value === undefined
              ? undefined
              : args[1] === undefined
                ? value
                : findAll(value, jsonPath(asText(args[1])))[0]
          if (found === undefined) return null
          return isJsonArray(found) ? found.length : isJsonObject(found) ? found.size : 1
        },
        { optional: 1 },
      ),
    ],
  ),
  define(
    'json_object',
    'A JSON object of keys and values in turn, as text.',
    [["JSON_OBJECT('a' VALUE 1)", '{"a":1}']],
    [
      js(['each'], string, (args, context) => compactJson(objectOf(args, context)), {
        variadic: true,
        nullable: false,
      }),
    ],
    { strict: false },
  ),
  define(
    'json_object_absent',
    'JSON_OBJECT(… ABSENT ON NULL): the same, and members whose value is NULL are left out.',
    [["JSON_OBJECT('a' VALUE 1, 'b' VALUE NULL ABSENT ON NULL)", '{"a":1}']],
    [
      js(
        ['each'],
        string,
        (args, context) => compactJson(new Map([...objectOf(args, context)].filter(([, value]) => value !== null))),
        { variadic: true, nullable: false },
      ),
    ],
    { strict: false },
  ),
  define(
    'json_array',
    'A JSON array of the values, as text; NULL values are left out.',
    [['JSON_ARRAY(1, 2)', '[1,2]']],
    [
      js(['each'], string, (args, context) => compactJson(parts(args, context).filter(value => value !== null)), {
        variadic: true,
        nullable: false,
      }),
    ],
    { strict: false },
  ),
  define(
    'json_array_null',
    'JSON_ARRAY(… NULL ON NULL): the same, and NULL values are null.',
    [['JSON_ARRAY(1, NULL NULL ON NULL)', '[1,null]']],
    [
      js(['each'], string, (args, context) => compactJson(parts(args, context)), {
        variadic: true,
        nullable: false,
      }),
    ],
    { strict: false },
  ),
  define(
    '->',
    'The member or element of a JSON value.',
    [["CAST('{\"a\": [1, 2]}' AS JSON) -> 'a'", '[1, 2]']],
    [jsOrNull(['json', 'each'], json, args => write(member(read(args[0]), args[1])), { coerce: jsonKey })],
    { aliases: ['jsonb_object_field', 'jsonb_array_element'] },
  ),
  define(
    '->>',
    'The member or element of a JSON value, as text.',
    [['CAST(\'{"a": "x"}\' AS JSON) ->> \'a\'', 'x']],
    [jsOrNull(['json', 'each'], string, args => textual(member(read(args[0]), args[1])), { coerce: jsonKey })],
    { aliases: ['jsonb_object_field_text', 'jsonb_array_element_text'] },
  ),
  define(
    '#>',
    'What a path of keys leads to in a JSON value.',
    [["CAST('{\"a\": [1, 2]}' AS JSON) #> ARRAY['a', '1']", '2']],
    [
      jsOrNull(['json', 'array'], json, args => write(follow(read(args[0]), pathOf(args[1]))), {
        coerce: jsonPathArgs,
      }),
    ],
  ),
  define(
    '#>>',
    'What a path of keys leads to in a JSON value, as text.',
    [["CAST('{\"a\": [\"x\"]}' AS JSON) #>> ARRAY['a', '0']", 'x']],
    [
      jsOrNull(['json', 'array'], string, args => textual(follow(read(args[0]), pathOf(args[1]))), {
        coerce: jsonPathArgs,
      }),
    ],
  ),
  define(
    '#-',
    'A JSON value without what a path of keys leads to.',
    [['CAST(\'{"a": 1, "b": 2}\' AS JSON) #- ARRAY[\'a\']', '{"b": 2}']],
    [js(['json', 'array'], json, args => writeJson(without(read(args[0]), pathOf(args[1]))), { coerce: jsonPathArgs })],
    { aliases: ['jsonb_delete_path'] },
  ),
  define(
    '@>',
    'Whether the left JSON value, or array, contains the right one.',
    [['CAST(\'{"a": 1, "b": 2}\' AS JSON) @> CAST(\'{"a": 1}\' AS JSON)', 'TRUE']],
    [
      js(['json', 'json'], boolean, args => containsJson(read(args[0]), read(args[1])), { coerce: anyJson }),
      js(['array', 'array'], boolean, args => asArray(args[1]).every(item => asArray(args[0]).includes(item)), {
        coerce: args => (args.every(arg => arg.type.is === 'array') ? args.map(firstOf2(args)) : undefined),
      }),
    ],
    { aliases: ['jsonb_contains'] },
  ),
  define(
    '<@',
    'Whether the right JSON value, or array, contains the left one.',
    [["CAST('1' AS JSON) <@ CAST('[1, 2]' AS JSON)", 'TRUE']],
    [
      js(['json', 'json'], boolean, args => containsJson(read(args[1]), read(args[0])), { coerce: anyJson }),
      js(['array', 'array'], boolean, args => asArray(args[0]).every(item => asArray(args[1]).includes(item)), {
        coerce: args => (args.every(arg => arg.type.is === 'array') ? args.map(firstOf2(args)) : undefined),
      }),
    ],
    { aliases: ['jsonb_contained'] },
  ),
  define(
    '?',
    'Whether a JSON value has the key, or string element.',
    [["CAST('{\"a\": 1}' AS JSON) ? 'a'", 'TRUE']],
    [js(['json', 'text'], boolean, args => hasKey(read(args[0]), asText(args[1])))],
    { aliases: ['jsonb_exists'] },
  ),
  define(
    '?|',
    'Whether a JSON value has one of the keys.',
    [["CAST('{\"a\": 1}' AS JSON) ?| ARRAY['a', 'b']", 'TRUE']],
    [
      js(['json', 'array'], boolean, args => pathOf(args[1]).some(key => hasKey(read(args[0]), key)), {
        coerce: jsonPathArgs,
      }),
    ],
    { aliases: ['jsonb_exists_any'] },
  ),
  define(
    '?&',
    'Whether a JSON value has all of the keys.',
    [["CAST('{\"a\": 1}' AS JSON) ?& ARRAY['a', 'b']", 'FALSE']],
    [
      js(['json', 'array'], boolean, args => pathOf(args[1]).every(key => hasKey(read(args[0]), key)), {
        coerce: jsonPathArgs,
      }),
    ],
    { aliases: ['jsonb_exists_all'] },
  ),
  define(
    'jsonb_array_length',
    'The number of elements of a JSON array.',
    [["JSONB_ARRAY_LENGTH(CAST('[1, 2]' AS JSON))", '2']],
    [
      js(['json'], int, args => {
        const value = read(args[0])
        if (!isJsonArray(value)) throw new RowError(5, 'the JSON value is no array')
        return value.length
      }),
    ],
    { aliases: ['json_array_length'] },
  ),
  define(
    'jsonb_typeof',
    'The kind of a JSON value.',
    [["JSONB_TYPEOF(CAST('1' AS JSON))", 'number']],
    [js(['json'], string, args => typeName(read(args[0])))],
    { aliases: ['json_typeof'] },
  ),
  define(
    'jsonb_extract_path',
    'What the keys lead to in a JSON value.',
    [["JSONB_EXTRACT_PATH(CAST('{\"a\": [1, 2]}' AS JSON), 'a', '1')", '2']],
    [
      jsOrNull(
        ['json', 'text'],
        json,
        ([value, ...keys]) =>
          write(
            follow(
              read(value),
              keys.map(key => asText(key)),
            ),
          ),
        { variadic: true },
      ),
    ],
    { aliases: ['json_extract_path'] },
  ),
  define(
    'jsonb_extract_path_text',
    'What the keys lead to in a JSON value, as text.',
    [['JSONB_EXTRACT_PATH_TEXT(CAST(\'{"a": "x"}\' AS JSON), \'a\')', 'x']],
    [
      jsOrNull(
        ['json', 'text'],
        string,
        ([value, ...keys]) =>
          textual(
            follow(
              read(value),
              keys.map(key => asText(key)),
            ),
          ),
        { variadic: true },
      ),
    ],
    { aliases: ['json_extract_path_text'] },
  ),
  define(
    'jsonb_build_object',
    'A JSON object of keys and values in turn.',
    [["JSONB_BUILD_OBJECT('a', 1)", '{"a": 1}']],
    [js(['each'], json, (args, context) => writeJson(objectOf(args, context)), { variadic: true, nullable: false })],
    { aliases: ['json_build_object'], strict: false },
  ),
  define(
    'jsonb_build_array',
    'A JSON array of the values.',
    [["JSONB_BUILD_ARRAY(1, 'a', NULL)", '[1, "a", null]']],
    [js(['each'], json, (args, context) => writeJson(parts(args, context)), { variadic: true, nullable: false })],
    { aliases: ['json_build_array'], strict: false },
  ),
  define(
    'to_jsonb',
    'The value as JSON.',
    [['TO_JSONB(ARRAY[1, 2])', '[1, 2]']],
    [js(['each'], json, (args, context) => writeJson(parts(args, context)[0] ?? null))],
    { aliases: ['to_json', 'row_to_json', 'array_to_json'] },
  ),
  define(
    'parse_json',
    'The text as JSON; an invalid text fails the row.',
    [['PARSE_JSON(\'{"b":1,"a":2}\')', '{"a": 2, "b": 1}']],
    [js(['text'], json, args => writeJson(read(args[0])))],
  ),
  define(
    'try_parse_json',
    'The text as JSON; NULL where it is not.',
    [["TRY_PARSE_JSON('{')", 'NULL']],
    [jsOrNull(['text'], json, args => write(parseJson(asText(args[0]))))],
  ),
  define(
    'jsonb_pretty',
    'A JSON value as text over several lines.',
    [["JSONB_PRETTY(CAST('1' AS JSON))", '1']],
    [js(['json'], string, args => pretty(read(args[0]), ''))],
  ),
  define(
    'jsonb_strip_nulls',
    'A JSON value without members that are null.',
    [['JSONB_STRIP_NULLS(CAST(\'{"a": null, "b": 1}\' AS JSON))', '{"b": 1}']],
    [js(['json'], json, args => writeJson(stripNulls(read(args[0]))))],
    { aliases: ['json_strip_nulls'] },
  ),
  ...jsonSettingFunctions,
  define(
    'jsonb_path_query_first',
    'What a path leads to first in a JSON value.',
    [["JSONB_PATH_QUERY_FIRST(CAST('{\"a\": [1, 2]}' AS JSON), '$.a[*]')", '1']],
    [jsOrNull(['json', 'text'], json, args => write(findAll(read(args[0]), jsonPath(asText(args[1])))[0]))],
  ),
  define(
    'jsonb_path_query_array',
    'All that a path leads to in a JSON value.',
    [["JSONB_PATH_QUERY_ARRAY(CAST('{\"a\": [1, 2]}' AS JSON), '$.a[*]')", '[1, 2]']],
    [js(['json', 'text'], json, args => writeJson(findAll(read(args[0]), jsonPath(asText(args[1])))))],
  ),
  define(
    'jsonb_populate_record',
    'A ROW with the members of a JSON object in the fields of their names.',
    [],
    [
      jsOrNull(
        ['row', 'json'],
        firstOf,
        (args, { returns, timeZone }) =>
          args[1] === null || args[1] === undefined
            ? (args[0] ?? null)
            : populate(read(args[1]), returns, args[0] ?? null, timeZone),
        {
          coerce: ([row, value]) => (row?.type.is === 'row' && value !== undefined ? [row.type, json] : undefined),
        },
      ),
    ],
    { strict: false },
  ),
  ...jsonRowFunctions,
  define(
    'jsonb_populate_map',
    'A MAP with the members of a JSON object added.',
    [],
    [
      jsOrNull(
        ['map', 'json'],
        firstOf,
        (args, { returns, timeZone }) =>
          args[1] === null || args[1] === undefined
            ? (args[0] ?? null)
            : populate(read(args[1]), returns, args[0] ?? null, timeZone),
        {
          coerce: ([map, value]) => (map?.type.is === 'map' && value !== undefined ? [map.type, json] : undefined),
        },
      ),
    ],
    { strict: false },
  ),
  define(
    'get_json_object',
    'What a path leads to in a JSON text, as text.',
    [["GET_JSON_OBJECT('{\"a\": 1}', '$.a')", '1']],
    [
      jsOrNull(['text', 'text'], string, args => {
        const value = parseJson(asText(args[0]))
        return value === undefined ? null : textual(findAll(value, jsonPath(asText(args[1])))[0])
      }),
    ],
    { aliases: ['extract_json_string'] },
  ),
]

/** The first array's type for both. */
function firstOf2(args: readonly BoundArgument[]): () => DataType {
  return () => firstOf(args)
}
