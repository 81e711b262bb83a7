/** Calls of SQL/JSON functions with their clauses: `JSON_VALUE(x, '$.a' RETURNING INT DEFAULT 0 ON EMPTY)`. */

import { all, any, literal, test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { type DataType, types } from '../../types/data-type.ts'
import type { Call, JsonBehavior, JsonOptions, Expression as Syntax } from '../parse/ast.ts'
import { castTo } from './cast.ts'
import type { ExpressionBinder } from './expressions.ts'
import { fail } from './problem.ts'
import { callName } from './syntax.ts'

/** JSON_OBJECT and JSON_ARRAY are text; one within another is taken as the JSON that it is. */
const makers = new Set(['JSON_OBJECT', 'JSON_ARRAY', 'JSON_OBJECTAGG', 'JSON_ARRAYAGG'])
export const isJsonMaker = (value: Syntax): boolean => value.is === 'call' && makers.has(callName(value))

/** The functions of a document and a path. */
const readers = new Set(['JSON_VALUE', 'JSON_QUERY', 'JSON_EXISTS'])

/** The call; undefined where its name and arguments say all. */
export function jsonCall(binder: ExpressionBinder, call: Call, args: readonly Expression[]): Expression | undefined {
  const name = callName(call)
  const { settings } = binder.context
  if (readers.has(name) && (call.json !== undefined || settings.functions === 'postgres'))
    return new JsonReader(binder, call, args).bind()
  if (call.json === undefined) return undefined
  const { onNull, returning } = call.json
  const made = binder.call(makerOf(name, onNull), args, call.at)
  return returning === undefined ? made : castTo(made, binder.type(returning), settings, false, call.at)
}

/** What JSON_OBJECT and JSON_ARRAY do with NULL: the one keeps it, the other leaves it out, unless it is said. */
function makerOf(name: string, onNull: 'NULL' | 'ABSENT' | undefined): string {
  if (name === 'JSON_OBJECT' && onNull === 'ABSENT') return 'json_object_absent'
  return name === 'JSON_ARRAY' && onNull === 'NULL' ? 'json_array_null' : name
}

/** Types that JSON is read into, part by part. */
const nested = new Set<DataType['is']>(['array', 'row', 'map'])

const text = (value: string): Expression => literal(value, types.string)

class JsonReader {
  readonly #binder: ExpressionBinder
  readonly #call: Call
  readonly #options: Partial<JsonOptions>
  readonly #name: string
  /** The document, the path, its spelling and its variables. */
  readonly #asked: readonly Expression[]

  constructor(binder: ExpressionBinder, call: Call, args: readonly Expression[]) {
    this.#binder = binder
    this.#call = call
    this.#name = callName(call)
    this.#options = call.json ?? {}
    if (args.length !== 2) fail('DSD2004', `${this.#name} takes a JSON document and a path.`, call.at)
    const spelling = text(binder.context.settings.functions === 'postgres' ? 'postgres' : 'jsonpath')
    this.#asked = [...args, spelling, this.#variables()]
  }

  bind(): Expression {
    const { onEmpty, onError, returning, wrapper, quotes } = this.#options
    const { settings } = this.#binder.context
    if (this.#name === 'JSON_EXISTS')
      return this.#apply('json_exists_by', [...this.#asked, text('NULL'), clause(onError)])
    const query = this.#name === 'JSON_QUERY'
    const kept = query ? [text(wrapper ?? 'WITHOUT'), text(quotes ?? 'KEEP')] : []
    const raw = this.#apply(`${this.#name}_by`, [...this.#asked, clause(onEmpty), clause(onError), ...kept])
    const type =
      returning !== undefined
        ? this.#binder.type(returning)
        : query && settings.functions === 'postgres'
          ? types.json
          : types.string
    const document = query && nested.has(type.is) ? castTo(raw, types.json, settings, true) : raw
    const typed = castTo(document, type, settings, onError?.is !== 'error', this.#call.at)
    if (onEmpty?.is !== 'default' && onError?.is !== 'default') return typed
    const outcome = this.#apply(`${this.#name}_outcome`, [...this.#asked, ...kept.slice(0, 1)])
    const is = (word: string): Expression => test('=', outcome, text(word))
    // What is found and is no value of the type has failed as well.
    // What was found and is no value of the type has failed as well.
    const breach = all([test('is_not_null', raw), test('is_null', typed)])
    return {
      is: 'case',
      branches: [
        ...this.#otherwise(onEmpty, is('empty'), type),
        ...this.#otherwise(onError, any([is('error'), breach]), type),
      ],
      otherwise: typed,
      type,
      nullable: true,
    }
  }

  /** The variables as a JSON object. */
  #variables(): Expression {
    const named = (this.#options.passing ?? []).flatMap(({ name, value }) => [
      text(name.text),
      this.#binder.bind(value),
    ])
    return named.length === 0 ? literal(null, types.json) : this.#apply('jsonb_build_object', named)
  }

  #apply(name: string, args: readonly Expression[]): Expression {
    return this.#binder.call(name.toLowerCase(), args, this.#call.at)
  }

  /** What DEFAULT gives where the condition holds. */
  #otherwise(behavior: JsonBehavior | undefined, when: Expression, type: DataType) {
    if (behavior?.is !== 'default') return []
    const value = this.#binder.bind(behavior.value)
    return [{ when, then: castTo(value, type, this.#binder.context.settings, false, value.at) }]
  }
}

/** What is done ON EMPTY or ON ERROR, as the functions take it. */
const clause = (behavior: JsonBehavior | undefined): Expression =>
  behavior === undefined || behavior.is === 'default' ? literal(null, types.string) : text(behavior.is.toUpperCase())
