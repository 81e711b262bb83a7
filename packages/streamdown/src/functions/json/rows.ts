import { failures } from '../../errors/table.ts'
import { type DataType, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { isJsonArray, isJsonObject, type Json, writeJson } from '../../values/json.ts'
import { definer, js, jsOrNull } from '../define.ts'
import { type BoundArgument, RowError, type ScalarFunction } from '../definition.ts'
import { populate } from './populate.ts'
import { read, textual } from './read.ts'

const define = definer('json')
const { string, json } = types

/*
 * Lists out of JSON values. As rows they are JSONB_ARRAY_ELEMENTS, JSONB_EACH and their like, in FROM and in a select list.
 */

function elements(value: Value | undefined): readonly Json[] {
  const list = read(value)
  if (!isJsonArray(list)) throw new RowError(failures.argument, 'the JSON value is no array, so it has no elements')
  return list
}

function members(value: Value | undefined): ReadonlyMap<string, Json> {
  const object = read(value)
  if (!isJsonObject(object)) throw new RowError(failures.argument, 'the JSON value is no object, so it has no members')
  return object
}

const memberOf = (value: DataType): DataType =>
  types.row([
    { name: 'key', type: string, nullable: false },
    { name: 'value', type: value, nullable: true },
  ])

const rowOf = (args: readonly BoundArgument[]): DataType => args[0]?.type ?? types.null

export const jsonRowFunctions: readonly ScalarFunction[] = [
  define(
    'json_elements',
    'The elements of a JSON array; JSONB_ARRAY_ELEMENTS gives them as rows.',
    [["CAST(json_elements(CAST('[1, [true]]' AS JSON)) AS STRING)", '[1, [true]]']],
    [js(['json'], types.array(json), args => elements(args[0]).map(writeJson))],
  ),
  define(
    'json_elements_text',
    'The elements of a JSON array as texts; JSONB_ARRAY_ELEMENTS_TEXT gives them as rows.',
    [['json_elements_text(CAST(\'["a", 1]\' AS JSON))', '[a, 1]']],
    [js(['json'], types.array(string), args => elements(args[0]).map(textual))],
  ),
  define(
    'json_member_names',
    'The names of the members of a JSON object; JSONB_OBJECT_KEYS gives them as rows.',
    [['json_member_names(CAST(\'{"a": 1, "b": 2}\' AS JSON))', '[a, b]']],
    [js(['json'], types.array(string), args => [...members(args[0]).keys()])],
  ),
  define(
    'json_members',
    'The names and values of the members of a JSON object; JSONB_EACH gives them as rows.',
    [['CARDINALITY(json_members(CAST(\'{"a": 1, "b": 2}\' AS JSON)))', '2']],
    [
      js(['json'], types.array(memberOf(json)), args =>
        [...members(args[0])].map(([key, value]) => [key, writeJson(value)]),
      ),
    ],
  ),
  define(
    'json_members_text',
    'The names and values, as texts, of the members of a JSON object; JSONB_EACH_TEXT gives them as rows.',
    [['json_members_text(CAST(\'{"a": "x"}\' AS JSON))', '[(a, x)]']],
    [
      js(['json'], types.array(memberOf(string)), args =>
        [...members(args[0])].map(([key, value]) => [key, textual(value)]),
      ),
    ],
  ),
  define(
    'json_records',
    'A ROW of each object in a JSON array, of the type of the first argument; JSONB_POPULATE_RECORDSET gives them as rows.',
    [],
    [
      jsOrNull(
        ['row', 'json'],
        args => types.array(rowOf(args)),
        (args, { returns, timeZone }) =>
          args[1] === null || args[1] === undefined || returns.is !== 'array'
            ? null
            : elements(args[1]).map(item => populate(item, returns.element, args[0] ?? null, timeZone)),
        { coerce: ([row, value]) => (row?.type.is === 'row' && value !== undefined ? [row.type, json] : undefined) },
      ),
    ],
    { strict: false },
  ),
]
