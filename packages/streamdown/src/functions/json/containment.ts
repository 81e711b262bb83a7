import { types } from '../../types/data-type.ts'
import { isJsonArray, isJsonObject, type Json, jsonEqual } from '../../values/json.ts'
import { definer, js } from '../define.ts'
import type { Coerce, ScalarFunction } from '../definition.ts'
import { asArray, asText } from '../values.ts'
import { anyJson, jsonPathArgs, keysOf, read } from './read.ts'

const define = definer('json')
const { boolean } = types

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

/** Arrays as the left one is. */
const asFirst: Coerce = args => {
  const [first] = args
  return first !== undefined && args.every(arg => arg.type.is === 'array') ? args.map(() => first.type) : undefined
}

/** What a JSON value holds. */
export const jsonContainmentFunctions: readonly ScalarFunction[] = [
  define(
    '@>',
    'Whether the left JSON value, or array, contains the right one.',
    [['CAST(\'{"a": 1, "b": 2}\' AS JSON) @> CAST(\'{"a": 1}\' AS JSON)', 'TRUE']],
    [
      js(['json', 'json'], boolean, args => containsJson(read(args[0]), read(args[1])), { coerce: anyJson }),
      js(['array', 'array'], boolean, args => asArray(args[1]).every(item => asArray(args[0]).includes(item)), {
        coerce: asFirst,
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
        coerce: asFirst,
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
      js(['json', 'array'], boolean, args => keysOf(args[1]).some(key => hasKey(read(args[0]), key)), {
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
      js(['json', 'array'], boolean, args => keysOf(args[1]).every(key => hasKey(read(args[0]), key)), {
        coerce: jsonPathArgs,
      }),
    ],
    { aliases: ['jsonb_exists_all'] },
  ),
]
