import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { isJsonArray, isJsonObject, type Json } from '../../values/json.ts'
import { definer, jsOrNull } from '../define.ts'
import type { Coerce, ScalarFunction } from '../definition.ts'
import { asCount, asText } from '../values.ts'
import { jsonPathArgs, keysOf, read, textual, written } from './read.ts'

const define = definer('json')
const { string, json } = types

function member(value: Json, key: Value | undefined): Json | undefined {
  if (typeof key === 'string') {
    if (isJsonObject(value)) return value.get(key)
    return isJsonArray(value) && /^-?\d+$/.test(key) ? value.at(Number(key)) : undefined
  }
  return isJsonArray(value) && key !== null && key !== undefined ? value.at(asCount(key)) : undefined
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

/** What keys, places and paths of them lead to in a JSON value. */
export const jsonMemberFunctions: readonly ScalarFunction[] = [
  define(
    '->',
    'The member or element of a JSON value.',
    [["CAST('{\"a\": [1, 2]}' AS JSON) -> 'a'", '[1, 2]']],
    [jsOrNull(['json', 'each'], json, args => written(member(read(args[0]), args[1])), { coerce: jsonKey })],
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
      jsOrNull(['json', 'array'], json, args => written(follow(read(args[0]), keysOf(args[1]))), {
        coerce: jsonPathArgs,
      }),
    ],
  ),
  define(
    '#>>',
    'What a path of keys leads to in a JSON value, as text.',
    [["CAST('{\"a\": [\"x\"]}' AS JSON) #>> ARRAY['a', '0']", 'x']],
    [
      jsOrNull(['json', 'array'], string, args => textual(follow(read(args[0]), keysOf(args[1]))), {
        coerce: jsonPathArgs,
      }),
    ],
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
          written(
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
]
