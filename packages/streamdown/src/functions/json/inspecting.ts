import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { isJsonArray, isJsonObject, type Json, parseJson, writeJson } from '../../values/json.ts'
import { definer, js, jsOrNull } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asText } from '../values.ts'
import { typeName } from './path/item.ts'
import { firstByJsonPath } from './path-functions.ts'
import { read } from './read.ts'

const define = definer('json')
const { string, boolean, int } = types

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

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

/** As Flink: the outer quotes go and escapes are read, whatever stands between; with a wrong escape all stays. */
function unquoted(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text
  let wrong = false
  const inner = text
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]?))/g, (_, code: string | undefined, char = '') => {
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
      const meant = escapes.get(char)
      wrong ||= meant === undefined
      return meant ?? ''
    })
  return wrong ? text : inner
}

/** What a JSON value is, and how it looks. */
export const jsonInspectingFunctions: readonly ScalarFunction[] = [
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
    'json_unquote',
    'The text between double quotes, its escapes read; other texts as they are.',
    [['JSON_UNQUOTE(\'"a"\')', 'a']],
    [js(['text'], string, args => unquoted(asText(args[0])))],
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
          if (value === undefined) return null
          const found = args[1] === undefined ? value : firstByJsonPath(value, asText(args[1]))
          if (found === undefined) return null
          return isJsonArray(found) ? found.length : isJsonObject(found) ? found.size : 1
        },
        { optional: 1 },
      ),
    ],
  ),
  define(
    'jsonb_array_length',
    'The number of elements of a JSON array.',
    [["JSONB_ARRAY_LENGTH(CAST('[1, 2]' AS JSON))", '2']],
    [
      js(['json'], int, args => {
        const value = read(args[0])
        if (!isJsonArray(value)) throw new RowError(failures.argument, 'the JSON value is no array')
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
    'jsonb_pretty',
    'A JSON value as text over several lines.',
    [["JSONB_PRETTY(CAST('1' AS JSON))", '1']],
    [js(['json'], string, args => pretty(read(args[0]), ''))],
  ),
]
