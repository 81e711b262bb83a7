import { failures } from '../../errors/table.ts'
import { type DataType, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { compactJson, isJsonArray, isJsonObject, type Json, parseJson, writeJson } from '../../values/json.ts'
import { definer, jsOrNull } from '../define.ts'
import { RowError, type ScalarFunction, type Signature } from '../definition.ts'
import { asText } from '../values.ts'
import { PathError, PathMisuse } from './path/errors.ts'
import { findAll, leadsAnywhere, type Surroundings } from './path/evaluate.ts'
import { itemJson } from './path/item.ts'
import type { Spelling } from './path/lexer.ts'
import { jsonPath } from './path/parse.ts'
import type { JsonPath } from './path/tree.ts'
import { read, textual } from './read.ts'

const define = definer('json')
const { string, json, boolean } = types

/*
 * JSON_VALUE, JSON_QUERY and JSON_EXISTS of the SQL standard. The plain ones are Flink's. Those whose names end in _by
 * are what the binder makes of a call with clauses, and of every call in PostgreSQL's dialect: a document, a path, how
 * the path is spelled, the variables (PASSING) as a JSON object, what is done ON EMPTY and ON ERROR, and of JSON_QUERY
 * the wrapper and the quotes. Of a DEFAULT the binder makes a CASE over the outcome.
 */

type Outcome =
  | { readonly is: 'found'; readonly value: Json }
  | { readonly is: 'empty' }
  | { readonly is: 'error'; readonly error: RowError }

const clause = (value: Value | undefined, otherwise: string): string =>
  value === undefined || value === null ? otherwise : asText(value)

const surroundings = (variables: Value | undefined): Surroundings => {
  const given = variables === undefined || variables === null ? undefined : read(variables)
  return { variables: isJsonObject(given) ? given : new Map(), zone: undefined }
}

const spellingOf = (value: Value | undefined): Spelling => (value === 'postgres' ? 'postgres' : 'jsonpath')

/** Flink's document, which ON ERROR is about, too. */
function documentOf(value: Value | undefined): Json {
  const document = parseJson(asText(value))
  if (document === undefined) throw new PathError('the text is not valid JSON')
  return document
}

function outcomeOf(find: () => Outcome): Outcome {
  try {
    return find()
  } catch (error) {
    if (error instanceof RowError && !(error instanceof PathMisuse)) return { is: 'error', error }
    throw error
  }
}

const misfit: Outcome = {
  is: 'error',
  error: new PathError(
    'the path leads to what the function does not give: JSON_VALUE a single scalar, JSON_QUERY one value',
  ),
}

const isScalar = (value: Json): boolean => !isJsonArray(value) && !isJsonObject(value)

/** What the path leads to, not yet looked for. The path and PostgreSQL's document are read outside of what ON ERROR hides. */
function search([document, path, written, variables]: readonly Value[]): {
  readonly spelling: Spelling
  readonly path: JsonPath
  readonly find: () => readonly Json[]
} {
  const spelling = spellingOf(written)
  const steps = jsonPath(asText(path), spelling)
  const around = surroundings(variables)
  const known = spelling === 'postgres' ? read(document) : undefined
  return { spelling, path: steps, find: () => findAll(known ?? documentOf(document), steps, around).map(itemJson) }
}

function valueOutcome(args: readonly Value[]): Outcome {
  const { spelling, path, find } = search(args)
  return outcomeOf(() => {
    const found = find()
    if (spelling === 'jsonpath') return flinkOutcome(flinkValue(path, found), path, isScalar)
    const [value] = found
    if (value === undefined) return { is: 'empty' }
    return found.length === 1 && isScalar(value) ? { is: 'found', value } : misfit
  })
}

function queryOutcome(args: readonly Value[], wrapper: string): Outcome {
  const { spelling, path, find } = search(args)
  return outcomeOf(() => {
    const found = find()
    if (spelling === 'jsonpath') {
      const value = flinkValue(path, found)
      const wraps = wrapper === 'UNCONDITIONAL' || (wrapper === 'CONDITIONAL' && !isJsonArray(value))
      return flinkOutcome(wraps && value !== null ? [value] : value, path, whole => !isScalar(whole))
    }
    const [value] = found
    if (value === undefined) return { is: 'empty' }
    const wraps = wrapper === 'UNCONDITIONAL' || (wrapper === 'CONDITIONAL' && found.length > 1)
    if (wraps) return { is: 'found', value: found }
    return found.length === 1 ? { is: 'found', value } : misfit
  })
}

/** Flink makes one list of what a path finds that may lead to several values. */
const flinkValue = ({ many }: JsonPath, found: readonly Json[]): Json => (many ? found : (found[0] ?? null))

/** To Flink null is nothing; what the function does not give is nothing to a lax path, and an error to a strict one. */
function flinkOutcome(value: Json, { unwraps }: JsonPath, gives: (value: Json) => boolean): Outcome {
  if (value !== null && gives(value)) return { is: 'found', value }
  return value === null || unwraps ? { is: 'empty' } : misfit
}

/** What comes of the outcome: the value, or what ON EMPTY or ON ERROR says. */
function settled(outcome: Outcome, onEmpty: string, onError: string, write: (value: Json) => Value): Value {
  if (outcome.is === 'found') return write(outcome.value)
  switch (outcome.is === 'empty' ? onEmpty : onError) {
    case 'ERROR':
      throw outcome.is === 'error' ? outcome.error : new RowError(failures.argument, 'the path leads to nothing')
    case 'EMPTY ARRAY':
      return '[]'
    case 'EMPTY OBJECT':
      return '{}'
    default:
      return null
  }
}

function valueAt(args: readonly Value[]): Value {
  const [, , spelling, , onEmpty, onError] = args
  // PostgreSQL makes its own text of a truth value.
  const write = (value: Json): Value =>
    typeof value === 'boolean' && spellingOf(spelling) === 'postgres' ? (value ? 't' : 'f') : textual(value)
  return settled(valueOutcome(args), clause(onEmpty, 'NULL'), clause(onError, 'NULL'), write)
}

function queryAt(args: readonly Value[]): Value {
  const [, , spelling, , onEmpty, onError, wrapper, quotes] = args
  const write = spellingOf(spelling) === 'postgres' ? writeJson : compactJson
  const bare = clause(quotes, 'KEEP') === 'OMIT'
  return settled(
    queryOutcome(args, clause(wrapper, 'WITHOUT')),
    clause(onEmpty, 'NULL'),
    clause(onError, 'NULL'),
    value => (bare && typeof value === 'string' ? value : write(value)),
  )
}

function existsAt([document, path, written, variables, , onError]: readonly Value[]): Value {
  const spelling = spellingOf(written)
  const steps = jsonPath(asText(path), spelling)
  const around = surroundings(variables)
  const known = spelling === 'postgres' ? read(document) : undefined
  try {
    return leadsAnywhere(known ?? documentOf(document), steps, around)
  } catch (error) {
    if (!(error instanceof RowError) || error instanceof PathMisuse) throw error
    switch (clause(onError, 'FALSE')) {
      case 'ERROR':
        throw error
      case 'TRUE':
        return true
      case 'UNKNOWN':
        return null
      default:
        return false
    }
  }
}

/** Of a text, or of JSON. */
const ofPath = (returns: DataType, call: (args: readonly Value[]) => Value): readonly Signature[] =>
  (['text', 'json'] as const).map(document => jsOrNull([document, 'text'], returns, call))

/** Only the document and the path make the result NULL. */
const withClauses = (
  returns: Signature['returns'],
  call: (args: readonly Value[]) => Value,
  clauses: number,
): readonly Signature[] =>
  (['text', 'json'] as const).map(document =>
    jsOrNull([document, 'text', 'text', 'json', ...Array<'text'>(clauses).fill('text')], returns, args =>
      args[0] === null || args[1] === null ? null : call(args),
    ),
  )

/** PostgreSQL's JSON_QUERY gives JSON; a string without its quotes is none yet. */
const queryType: Signature['returns'] = ([, , spelling, , , , , quotes]) =>
  spelling?.literal === 'postgres' && quotes?.literal !== 'OMIT' ? json : string

export const standardJsonFunctions: readonly ScalarFunction[] = [
  define(
    'json_value',
    'The scalar that a path leads to, as text; NULL where there is none. Takes PASSING, RETURNING, ON EMPTY and ON ERROR.',
    [
      ['JSON_VALUE(\'{"a": {"b": "x"}}\', \'$.a.b\')', 'x'],
      ["JSON_VALUE('{\"a\": 3}', '$.a + $more' PASSING 5 AS more RETURNING INT)", '8'],
      ["JSON_VALUE('{}', 'lax $.a' DEFAULT 'none' ON EMPTY)", 'none'],
    ],
    ofPath(string, valueAt),
  ),
  define(
    'json_query',
    'The object or array that a path leads to, as JSON text; NULL where there is none. Takes PASSING, RETURNING, WITH WRAPPER, OMIT QUOTES, ON EMPTY and ON ERROR.',
    [
      ["JSON_QUERY('{\"a\": [1, 2]}', '$.a')", '[1,2]'],
      ["JSON_QUERY('{\"a\": 1}', '$.a' WITH WRAPPER)", '[1]'],
    ],
    ofPath(string, queryAt),
  ),
  define(
    'json_exists',
    'Whether a path leads to anything. Takes PASSING and ON ERROR.',
    [
      ["JSON_EXISTS('{\"a\": 1}', '$.a')", 'TRUE'],
      ["JSON_EXISTS('{\"a\": 1}', 'strict $.b' TRUE ON ERROR)", 'TRUE'],
    ],
    ofPath(boolean, existsAt),
  ),
  define('json_value_by', 'JSON_VALUE with its clauses.', [], withClauses(string, valueAt, 2), { strict: false }),
  define('json_query_by', 'JSON_QUERY with its clauses.', [], withClauses(queryType, queryAt, 4), { strict: false }),
  define('json_exists_by', 'JSON_EXISTS with its clauses.', [], withClauses(boolean, existsAt, 2), { strict: false }),
  define(
    'json_value_outcome',
    'Whether JSON_VALUE found its value: found, empty or error.',
    [],
    withClauses(string, args => valueOutcome(args).is, 0),
    { strict: false },
  ),
  define(
    'json_query_outcome',
    'Whether JSON_QUERY found its value: found, empty or error.',
    [],
    withClauses(string, args => queryOutcome(args, clause(args[4], 'WITHOUT')).is, 1),
    { strict: false },
  ),
]
