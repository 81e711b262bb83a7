import type { DataType } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'

/**
 * What a parameter takes: a type name, a family, or `any`: the one type that all `any` and `comparable` arguments of
 * the call have in common. `each` takes whatever comes, on its own.
 */
export type ParameterType = DataType['is'] | 'any' | 'each' | 'number' | 'integer' | 'text' | 'temporal' | 'comparable'

/** The settings that decide about types and meanings of functions; the binder derives them from the session. */
export interface FunctionRules {
  /** Scale of a DECIMAL quotient: Flink's rule, or PostgreSQL's many digits. */
  readonly division: 'flink' | 'postgres'
  /** Meaning and typing where the two differ: CONCAT of NULL, DATE + INTERVAL, REAL + INT ... */
  readonly functions: 'flink' | 'postgres'
}

/**
 * A scalar function. Everything that is said of it anywhere (binder, compiler, docs, `dsd functions`) is here.
 * One entry a name; `signatures` are tried in order, an exact match before one that needs casts.
 */
export interface ScalarFunction {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly summary: string
  /** SQL and what it gives, as text; tests run them. */
  readonly examples: readonly { readonly sql: string; readonly gives: string }[]
  readonly category:
    | 'string'
    | 'math'
    | 'time'
    | 'json'
    | 'hash'
    | 'regex'
    | 'conditional'
    | 'logic'
    | 'comparison'
    | 'nested'
    | 'bytes'
    | 'system'
  readonly signatures: readonly Signature[]
  /** For arguments by name (`days => 10`); those left out before another are 0. */
  readonly parameterNames?: readonly string[]
  /** Under these rules the name means this other entry. */
  readonly insteadIn?: { readonly functions: FunctionRules['functions']; readonly name: string }
  /** NULL in, NULL out (then the implementation never sees NULL). Default true. */
  readonly strict?: boolean
  /** False for functions of clock or chance. Default true. */
  readonly deterministic?: boolean
}

export interface Signature {
  readonly parameters: readonly ParameterType[]
  /** The last parameter may repeat, also not at all. */
  readonly variadic?: boolean
  /** Parameters that may be left out at the end. */
  readonly optional?: number
  /** Instead of matching one by one: the types that the arguments are cast to, undefined when the call does not fit. */
  readonly coerce?: Coerce
  /** From the bound arguments (types after the casts, and values of literals). */
  readonly returns: DataType | ((args: readonly BoundArgument[], rules: FunctionRules) => DataType)
  /** Default: nullable when strict and an argument is. */
  readonly nullable?: boolean | ((args: readonly BoundArgument[]) => boolean)
  readonly implementation: Implementation
}

/** The types that the arguments of a call are cast to; undefined: the call does not fit. */
export type Coerce = (args: readonly BoundArgument[], rules: FunctionRules) => readonly DataType[] | undefined

export interface BoundArgument {
  readonly type: DataType
  readonly nullable: boolean
  readonly literal?: Value
}

type Call = (args: readonly Value[], context: FunctionContext) => Value

/**
 * - `inline`: the compiler emits WebAssembly itself (arithmetic, comparison, logic, CASE).
 * - `kernel`: an exported kernel called once a row with values that are not NULL (views as addresses of 16 bytes;
 *   128-bit values as two i64). It returns its result; a view is written to an address passed last. With
 *   `otherwise` any result is written there and it returns 0, or 255: `otherwise` does this row.
 * - `javascript`: called once a row with values of `types/value.ts`; throws RowError to fail the row.
 */
export type Implementation =
  | { readonly is: 'inline' }
  | { readonly is: 'kernel'; readonly kernel: string; readonly otherwise?: Call }
  | { readonly is: 'javascript'; readonly call: Call }

export interface FunctionContext {
  readonly types: readonly DataType[]
  readonly returns: DataType
  /** The clock of the step, µs. */
  readonly now: bigint
  readonly timeZone: string
  random(): number
}

/** Thrown by a function to fail its row: the byte of the error mask, and what was wrong. */
export class RowError extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}
