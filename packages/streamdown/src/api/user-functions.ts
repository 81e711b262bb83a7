import {
  type UserDeclaration,
  type UserFunction,
  userAggregate,
  userScalar,
  userTable,
} from '../functions/user/user-function.ts'
import type { Value } from '../types/value.ts'
import { codeGiven, listGiven, objectGiven } from './given.ts'
import type { ColumnType } from './schema/column-type.ts'
import { typeGiven } from './schema/column-type.ts'
import type { RowType } from './schema/row-type.ts'
import type { InputRow } from './types/row.ts'

/** A function of yours that stands in SQL text before its arguments: ``sql`${grade}(total)` ``. */
export class SqlFunction {
  /** @internal */
  readonly function: UserFunction

  /** @internal */
  constructor(of: UserFunction) {
    this.function = of
  }
}

type Types = readonly ColumnType<unknown>[]

/** The arguments that a function with these types is given. */
type Arguments<A extends Types> = { [I in keyof A]: A[I] extends ColumnType<infer T> ? T : never }

export interface FunctionOptions<A extends Types> {
  /** The types of its arguments. One that is not `t.optional` is never null: the result of NULL is NULL. */
  readonly takes: A
  /** Gives something else for the same values: then `check` warns where rows may be taken back. */
  readonly volatile?: boolean
}

/** A value of values: ``const grade = scalarFunction({ takes: [t.double], returns: t.string }, total => ...)``. */
export function scalarFunction<const A extends Types, T>(
  options: FunctionOptions<A> & { readonly returns: ColumnType<T> },
  code: (...args: Arguments<A>) => T | null,
): SqlFunction {
  return new SqlFunction(
    userScalar(
      declared(options, codeGiven('A function is wanted', code).name),
      typeGiven('scalarFunction', options.returns).type,
      knownOnly(options.takes, code, null),
      String(code),
    ),
  )
}

/** Any number of rows of values, in FROM: ``query`SELECT w.word FROM ${lines} l, LATERAL TABLE(${words}(l.text)) w` ``. */
export function tableFunction<const A extends Types, R>(
  options: FunctionOptions<A> & { readonly returns: RowType<R> },
  code: (...args: Arguments<A>) => Iterable<InputRow<R>>,
): SqlFunction {
  const { fields } = objectGiven(
    'tableFunction() wants the type of its rows, t.row({ … })',
    objectGiven('tableFunction() wants its options', options).returns,
  )
  const columns = Object.entries(fields).map(([name, { type }]) => ({ name, type, nullable: true }))
  return new SqlFunction(
    userTable(
      declared(options, codeGiven('A function is wanted', code).name),
      columns,
      knownOnly(options.takes, code, []),
      String(code),
    ),
  )
}

/** How an aggregate of yours works. Its state is anything that JSON can say, and bigints. */
export interface AggregateOptions<A extends Types, S, T> extends FunctionOptions<A> {
  readonly returns: ColumnType<T>
  /** Of a group without rows. */
  readonly state: () => S
  /** The state with a row more: changed in place, or given anew. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a method that returns nothing is typed so
  accumulate(state: S, ...args: Arguments<A>): S | undefined | void
  finish(state: S): T | null
}

/** One value of the rows of a group. Where rows are taken back it is computed again from those that are left. */
export function aggregateFunction<const A extends Types, S, T>(options: AggregateOptions<A, S, T>): SqlFunction {
  const { takes, returns, state, accumulate, finish } = objectGiven('aggregateFunction() wants its options', options)
  const of = userAggregate(declared(options, 'aggregate'), typeGiven('aggregateFunction', returns).type, {
    create: state,
    accumulate: (before, ...args) => {
      if (isUnknown(takes, args)) return before
      return Reflect.apply(accumulate, options, [before, ...args])
    },
    finish: last => Reflect.apply(finish, options, [last]),
    source: `${state}\n${accumulate}\n${finish}`,
  })
  return new SqlFunction(of)
}

function declared(options: FunctionOptions<Types>, name: string): UserDeclaration {
  const { takes, volatile = false } = objectGiven('A function wants its options, { takes, returns }', options)
  const listed = listGiven('takes wants the types of the arguments', takes)
  const parameters = listed.map((type, i) => ({ name: `$${i + 1}`, type: typeGiven('takes', type).type }))
  return { name: name === '' ? 'function' : name, parameters, strict: false, volatile }
}

/** The code, not called over a NULL where it takes none. */
function knownOnly(takes: Types, code: (...args: never) => unknown, otherwise: Value) {
  return (...args: readonly unknown[]): unknown =>
    isUnknown(takes, args) ? otherwise : Reflect.apply(code, undefined, args)
}

const isUnknown = (takes: Types, args: readonly unknown[]): boolean =>
  takes.some(({ nullable }, i) => !nullable && (args[i] ?? null) === null)
