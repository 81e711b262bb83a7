import { failures } from '../../errors/table.ts'
import { type DataType, type Field, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { valueOfType } from '../../values/from-javascript.ts'
import { shownValue } from '../../values/to-javascript.ts'
import { RowError } from '../definition.ts'
import { impureNames } from './impure.ts'

/** A function written in TypeScript, over values of the plan. What it throws fails the row. */
export interface UserScalar {
  readonly name: string
  readonly returns: DataType
  /** NULL in, NULL out: it is not called over a NULL. */
  readonly strict: boolean
  /** Whether it gives the same for the same values, as far as is said and its source tells. */
  readonly deterministic: boolean
  readonly source: string
  readonly call: (args: readonly Value[]) => Value
}

interface Named {
  readonly name: string
  readonly parameters: readonly { readonly name: string; readonly type: DataType }[]
}

/**
 * A function of the user's by its name. A table function is a scalar one that gives an array: of rows, or of values
 * where `columns` is one. An aggregate keeps a state as text, from `initial`; `step` takes it on by a row's values,
 * `finish` makes the result of it.
 */
export type UserFunction =
  | (Named & { readonly kind: 'scalar'; readonly scalar: UserScalar })
  | (Named & { readonly kind: 'table'; readonly scalar: UserScalar; readonly columns: readonly Field[] })
  | (Named & {
      readonly kind: 'aggregate'
      readonly initial: Value
      readonly step: (state: Value, args: readonly Value[]) => Value
      readonly finish: UserScalar
      readonly source: string
    })

/** What is said of a function when it is made. */
export interface UserDeclaration extends Named {
  readonly strict: boolean
  /** It may give something else for the same values. */
  readonly volatile: boolean
}

type Call = (...args: readonly unknown[]) => unknown

export function userScalar(
  declared: UserDeclaration,
  returns: DataType,
  code: Call,
  source = String(code),
): UserFunction {
  const result = (given: unknown) => valueOfType(returns, true, given, `${declared.name}()`)
  return { ...named(declared), kind: 'scalar', scalar: scalar(declared, returns, code, result, source) }
}

export function userTable(
  declared: UserDeclaration,
  columns: readonly Field[],
  code: Call,
  source = String(code),
): UserFunction {
  const [only, ...more] = columns
  const row = types.row(columns)
  const element = only !== undefined && more.length === 0 ? only.type : row
  const result = (given: unknown): Value =>
    rowsGiven(declared.name, given).map(one =>
      element === row
        ? valueOfType(row, false, Array.isArray(one) ? byName(columns, one) : one, `${declared.name}()`)
        : valueOfType(element, true, alone(only?.name ?? '', one), `${declared.name}()`),
    )
  const made = scalar(declared, types.array(element), code, result, source)
  return { ...named(declared), kind: 'table', columns, scalar: made }
}

/** The functions of an aggregate. Their state is anything that JSON can say, and bigints. */
export interface AggregateCode {
  readonly create: () => unknown
  /** May change the state, or give another one. */
  readonly accumulate: (state: unknown, ...args: readonly unknown[]) => unknown
  readonly finish: (state: unknown) => unknown
  readonly source: string
}

export function userAggregate(declared: UserDeclaration, returns: DataType, code: AggregateCode): UserFunction {
  const { name, strict } = declared
  const states = new States()
  const initial = states.text(code.create())
  const step = (state: Value, args: readonly Value[]): Value => {
    if (strict && args.includes(null)) return state
    const before = states.of(state)
    const given = code.accumulate(before, ...shownAll(declared, args))
    return states.text(given === undefined ? before : given)
  }
  const finish: UserScalar = {
    name,
    returns,
    strict: false,
    deterministic: isSure(declared, code.source),
    source: code.source,
    call: ([state = null]) =>
      rowResult(() => valueOfType(returns, true, code.finish(states.of(state ?? initial)), `${name}()`)),
  }
  return { ...named(declared), kind: 'aggregate', initial, step, finish, source: code.source }
}

/** States as text; the last one is known as it was, since most steps go on from it. */
class States {
  #text: Value = null
  #state: unknown

  of(text: Value): unknown {
    if (text !== this.#text) {
      this.#state = typeof text === 'string' ? JSON.parse(text, revived) : undefined
      this.#text = text
    }
    // Taken: whoever has it may change it.
    this.#text = null
    return this.#state
  }

  text(state: unknown): Value {
    this.#text = JSON.stringify(state, replaced) ?? 'null'
    this.#state = state
    return this.#text
  }
}

const replaced = (_name: string, value: unknown): unknown =>
  typeof value === 'bigint' ? { $bigint: `${value}` } : value

const revived = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && '$bigint' in value ? BigInt(String(value.$bigint)) : value

const named = ({ name, parameters }: UserDeclaration): Named => ({ name, parameters })

function scalar(
  declared: UserDeclaration,
  returns: DataType,
  code: Call,
  result: (given: unknown) => Value,
  source: string,
): UserScalar {
  return {
    name: declared.name,
    returns,
    strict: declared.strict,
    deterministic: isSure(declared, source),
    source,
    call: args => rowResult(() => result(code(...shownAll(declared, args)))),
  }
}

const isSure = ({ volatile }: UserDeclaration, source: string): boolean => !volatile && impureNames(source).length === 0

const shownAll = ({ parameters }: UserDeclaration, args: readonly Value[]): readonly unknown[] =>
  parameters.map(({ type }, at) => shownValue(type, args[at] ?? null))

/** Whatever goes wrong is the row's. */
function rowResult(work: () => Value): Value {
  try {
    return work()
  } catch (error) {
    if (error instanceof RowError) throw error
    throw new RowError(failures.threw, error instanceof Error ? error.message : String(error))
  }
}

function rowsGiven(name: string, given: unknown): readonly unknown[] {
  if (given === null || given === undefined) return []
  if (typeof given === 'object' && Symbol.iterator in given) return [...iterable(given)]
  throw new RowError(failures.threw, `${name}() gave nothing that can be iterated`)
}

function* iterable(given: object): Iterable<unknown> {
  const iterate: unknown = Reflect.get(given, Symbol.iterator)
  if (typeof iterate !== 'function') return
  const iterator: Iterator<unknown> = Reflect.apply(iterate, given, [])
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) yield next.value
}

const byName = (columns: readonly Field[], values: readonly unknown[]): object =>
  Object.fromEntries(columns.map(({ name }, at) => [name, values[at]]))

/** The value of the only column: by itself, or in a row. */
const alone = (column: string, given: unknown): unknown =>
  typeof given === 'object' && given !== null && Object.hasOwn(given, column) ? Reflect.get(given, column) : given
