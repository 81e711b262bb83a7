import { failures } from '../../errors/table.ts'
import { type DataType, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { compactJson, type Json, parseJson, writeJson } from '../../values/json.ts'
import { definer, type FunctionContext, js, jsOrNull } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asText } from '../values.ts'
import { toJson } from './convert.ts'
import { read, written } from './read.ts'

const define = definer('json')
const { string, json } = types

/** Values as JSON with the types that they come with. */
const parts = (args: readonly Value[], { types: all }: FunctionContext): Json[] =>
  args.map((value, i) => toJson(value, all[i] ?? types.null))

/** Types whose values are no keys of JSON objects. */
const nested: ReadonlySet<DataType['is']> = new Set(['array', 'row', 'map', 'json'])

function objectOf(args: readonly Value[], context: FunctionContext): ReadonlyMap<string, Json> {
  if (args.length % 2 !== 0) throw new RowError(failures.argument, 'a JSON object is made of keys and values in turn')
  const values = parts(args, context)
  const object = new Map<string, Json>()
  for (let i = 0; i < values.length; i += 2) {
    const key = values[i]
    if (key === null || key === undefined)
      throw new RowError(failures.argument, 'a key of a JSON object must not be NULL')
    if (nested.has(context.types[i]?.is ?? 'null'))
      throw new RowError(failures.argument, 'a key of a JSON object is a scalar')
    object.set(typeof key === 'string' ? key : writeJson(key), values[i + 1] ?? null)
  }
  return object
}

/** As Flink quotes: `/` and what is not ASCII are escaped too. */
const asciiJson = (text: string): string =>
  JSON.stringify(text)
    .replaceAll('/', '\\/')
    .replace(/[^\x20-\x7e]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** JSON out of SQL values. */
export const jsonMakingFunctions: readonly ScalarFunction[] = [
  define(
    'json_string',
    'The value as JSON text.',
    [["JSON_STRING('a')", '"a"']],
    [js(['each'], string, (args, context) => compactJson(parts(args, context)[0] ?? null))],
  ),
  define(
    'json_quote',
    'The text as a JSON string of ASCII characters.',
    [["JSON_QUOTE('a\"b')", '"a\\"b"']],
    [js(['text'], string, args => asciiJson(asText(args[0])))],
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
    'json',
    'The text as JSON; blank text is NULL, an invalid text fails the row.',
    [["JSON_OBJECT('a' VALUE JSON('{\"b\":1}'))", '{"a":{"b":1}}']],
    [jsOrNull(['text'], json, args => (asText(args[0]).trim() === '' ? null : writeJson(read(args[0]))))],
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
    [jsOrNull(['text'], json, args => written(parseJson(asText(args[0]))))],
  ),
]
