import { failures } from '../../errors/table.ts'
import { type DataType, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { isJsonObject, type Json, parseJson, writeJson } from '../../values/json.ts'
import { definer, type FunctionContext, jsOrNull } from '../define.ts'
import { type Coerce, RowError, type ScalarFunction, type Signature } from '../definition.ts'
import { zoneNamed } from '../time/zone.ts'
import { asText } from '../values.ts'
import { PathError, PathMisuse } from './path/errors.ts'
import { findAll, follow, leadsAnywhere, type Surroundings } from './path/evaluate.ts'
import { type Item, itemJson } from './path/item.ts'
import { jsonPath } from './path/parse.ts'
import type { JsonPath } from './path/tree.ts'
import { read, textual } from './read.ts'

const define = definer('json')
const { string, json, boolean } = types

/** What PostgreSQL's functions of paths are given: a document, a path, an object of variables, whether errors are kept quiet. */
interface Question {
  readonly document: Json
  readonly path: JsonPath
  readonly surroundings: Surroundings
  readonly silent: boolean
}

function question(args: readonly Value[], zone: string | undefined): Question {
  const [document, path, variables, silent] = args
  const given = variables === undefined || variables === null ? new Map() : read(variables)
  if (!isJsonObject(given)) throw new PathMisuse('the variables of a JSON path are a JSON object')
  return {
    document: read(document),
    path: jsonPath(asText(path), 'postgres'),
    surroundings: { variables: given, zone: zone === undefined ? undefined : zoneNamed(zone) },
    silent: silent === true,
  }
}

/** The answer; where it fails and errors are kept quiet, the other one. */
function quiet<T>({ silent }: Question, answer: () => T, otherwise: () => T): T {
  try {
    return answer()
  } catch (error) {
    if (silent && error instanceof RowError && !(error instanceof PathMisuse)) return otherwise()
    throw error
  }
}

/** All that is found; up to an error that is kept quiet. */
function found(asked: Question): readonly Json[] {
  const items: Item[] = []
  const { document, path, surroundings } = asked
  quiet(
    asked,
    () => follow(document, path, item => items.push(item) > 0, surroundings),
    () => undefined,
  )
  return items.map(itemJson)
}

function firstFound(asked: Question): Value {
  const [first] = found(asked)
  return first === undefined ? null : writeJson(first)
}

const exists = (asked: Question): Value =>
  quiet<Value>(
    asked,
    () => leadsAnywhere(asked.document, asked.path, asked.surroundings),
    () => null,
  )

/** What a path in JSONPath's spelling leads to first; nothing where it fails. */
export function firstByJsonPath(document: Json, path: string): Json | undefined {
  const steps = jsonPath(path, 'jsonpath')
  try {
    const [first] = findAll(document, steps)
    return first === undefined ? undefined : itemJson(first)
  } catch (error) {
    if (error instanceof PathError) return undefined
    throw error
  }
}

/** What a predicate says. */
function match(asked: Question): Value {
  const items = quiet<readonly Item[]>(
    asked,
    () => findAll(asked.document, asked.path, asked.surroundings),
    () => [],
  )
  const [only] = items
  if (items.length === 1 && (only === null || typeof only === 'boolean')) return only
  if (asked.silent) return null
  throw new RowError(failures.argument, 'the path gives no single truth value')
}

/** JSON, a path, variables (JSON, or an object as text) and a flag. */
const takesPath: Coerce = args => {
  const [document, path, variables] = args
  const isText = (arg: typeof document): boolean => arg?.type.is === 'string' || arg?.type.is === 'null'
  const isDocument = document?.type.is === 'json' || (isText(document) && document?.literal !== undefined)
  if (!isDocument || !isText(path) || !(variables === undefined || variables.type.is === 'json' || isText(variables)))
    return undefined
  return args.map((_, i) => [json, string, json][i] ?? boolean)
}

/** `zoned`: times may become others by the session's time zone. */
const asking = (returns: DataType, answer: (asked: Question) => Value, zoned: boolean): Signature =>
  jsOrNull(
    ['json', 'text', 'json', 'boolean'],
    returns,
    (args, { timeZone }: FunctionContext) => answer(question(args, zoned ? timeZone : undefined)),
    { optional: 2, coerce: takesPath },
  )

/** An operator asks without variables, and keeps errors quiet. */
const asksQuietly = (answer: (asked: Question) => Value): Signature =>
  jsOrNull(['json', 'text'], boolean, args => answer({ ...question(args, undefined), silent: true }), {
    coerce: takesPath,
  })

const queryExample = (name: string, gives: string): readonly [string, string] => [
  `${name}(CAST('{"a": [1, 2]}' AS JSON), '$.a[*]')`,
  gives,
]

/** A function and its twin, which may use the session's time zone. */
const twins = (
  name: string,
  summary: string,
  example: readonly [string, string],
  returns: DataType,
  answer: (asked: Question) => Value,
  aliases: readonly string[] = [],
): readonly ScalarFunction[] => [
  define(name, summary, [example], [asking(returns, answer, false)], { aliases }),
  define(
    `${name}_tz`,
    `The same as ${name.toUpperCase()}; times become others by the session's time zone.`,
    [],
    [asking(returns, answer, true)],
  ),
]

/** SQL/JSON paths as PostgreSQL's functions and operators take them. */
export const jsonPathFunctions: readonly ScalarFunction[] = [
  ...twins(
    'jsonb_path_exists',
    'Whether a path leads to anything in a JSON value.',
    ["JSONB_PATH_EXISTS('{\"a\": [1, 2]}', '$.a[*] ? (@ > $min)', '{\"min\": 1}')", 'TRUE'],
    boolean,
    exists,
    ['json_path_exists'],
  ),
  ...twins(
    'jsonb_path_match',
    'What the predicate of a path says of a JSON value; NULL where that is unknown.',
    ["JSONB_PATH_MATCH('{\"a\": [1, 2]}', 'exists($.a[*] ? (@ > 1))')", 'TRUE'],
    boolean,
    match,
  ),
  ...twins(
    'jsonb_path_query_first',
    'What a path leads to first in a JSON value.',
    queryExample('JSONB_PATH_QUERY_FIRST', '1'),
    json,
    firstFound,
  ),
  ...twins(
    'jsonb_path_query_array',
    'All that a path leads to in a JSON value.',
    queryExample('JSONB_PATH_QUERY_ARRAY', '[1, 2]'),
    json,
    asked => writeJson(found(asked)),
  ),
  ...twins(
    'json_path_values',
    'All that a path leads to in a JSON value; JSONB_PATH_QUERY gives them as rows.',
    queryExample('json_path_values', '[1, 2]'),
    types.array(json),
    asked => found(asked).map(writeJson),
  ),
  define(
    '@?',
    'Whether a path leads to anything in a JSON value; NULL where it fails.',
    [["CAST('{\"a\": [1, 2]}' AS JSON) @? '$.a[*] ? (@ > 2)'", 'FALSE']],
    [asksQuietly(exists)],
    { aliases: ['jsonb_path_exists_opr'] },
  ),
  define(
    '@@',
    'What the predicate of a path says of a JSON value; NULL where it is unknown or fails.',
    [["CAST('{\"a\": [1, 2]}' AS JSON) @@ '$.a[*] > 1'", 'TRUE']],
    [asksQuietly(match)],
    { aliases: ['jsonb_path_match_opr'] },
  ),
  define(
    'get_json_object',
    'What a path leads to in a JSON text, as text.',
    [["GET_JSON_OBJECT('{\"a\": 1}', '$.a')", '1']],
    [
      jsOrNull(['text', 'text'], string, args => {
        const document = parseJson(asText(args[0]))
        return document === undefined ? null : textual(firstByJsonPath(document, asText(args[1])))
      }),
    ],
    { aliases: ['extract_json_string'] },
  ),
]
