import type { Json } from '../../../values/json.ts'

/** A path of SQL/JSON (ISO 9075-2, 9.46) as PostgreSQL has it: what is read from a document. */
export interface JsonPath {
  /** Arrays are taken apart, and single values taken as arrays, where a step needs it: lax paths. */
  readonly unwraps: boolean
  /** Where a step does not fit it leads nowhere, and does not fail: lax paths. */
  readonly lenient: boolean
  /** Whether it may lead to several values by the way it is written: JSONPath makes a list of these. */
  readonly many: boolean
  readonly of: PathExpression
}

export type PathExpression =
  | { readonly is: 'root' }
  /** `@` of a filter. */
  | { readonly is: 'current' }
  /** The last place of the array whose subscript it stands in. */
  | { readonly is: 'last' }
  | { readonly is: 'literal'; readonly value: Json }
  | { readonly is: 'variable'; readonly name: string }
  | { readonly is: 'access'; readonly of: PathExpression; readonly step: Step }
  | {
      readonly is: 'arithmetic'
      readonly operator: ArithmeticOperator
      readonly left: PathExpression
      readonly right: PathExpression
    }
  | { readonly is: 'sign'; readonly operator: '+' | '-'; readonly of: PathExpression }
  | Predicate

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'
export type ComparisonOperator = '==' | '<>' | '<' | '<=' | '>' | '>='

/** What is true, false or unknown. */
export type Predicate =
  | {
      readonly is: 'comparison'
      readonly operator: ComparisonOperator
      readonly left: PathExpression
      readonly right: PathExpression
    }
  | { readonly is: 'and' | 'or'; readonly left: Predicate; readonly right: Predicate }
  | { readonly is: 'not' | 'is unknown'; readonly of: Predicate }
  | { readonly is: 'exists'; readonly of: PathExpression }
  | { readonly is: 'starts with'; readonly of: PathExpression; readonly initial: PathExpression }
  | { readonly is: 'like_regex'; readonly of: PathExpression; readonly pattern: RegExp }

export type Step =
  /** `alone`: never of the elements of an array. */
  | { readonly is: 'member'; readonly name: string; readonly alone: boolean }
  | { readonly is: 'any member' }
  | { readonly is: 'any element' }
  | { readonly is: 'elements'; readonly at: readonly Subscript[] }
  /** What lies so many levels deep; from Infinity: what holds nothing. */
  | { readonly is: 'below'; readonly from: number; readonly to: number }
  | { readonly is: 'filter'; readonly by: Predicate }
  | { readonly is: 'method'; readonly call: MethodCall }

export interface Subscript {
  readonly from: PathExpression
  readonly to: PathExpression | undefined
}

export interface MethodCall {
  readonly name: Method
  /** The template of datetime(); a precision of times; precision and scale of decimal(). */
  readonly args: readonly (string | number)[]
}

export const methods = [
  'type',
  'size',
  'abs',
  'floor',
  'ceiling',
  'double',
  'number',
  'decimal',
  'integer',
  'bigint',
  'boolean',
  'string',
  'keyvalue',
  'datetime',
  'date',
  'time',
  'time_tz',
  'timestamp',
  'timestamp_tz',
] as const

export type Method = (typeof methods)[number]

const predicates: ReadonlySet<string> = new Set<Predicate['is']>([
  'comparison',
  'and',
  'or',
  'not',
  'is unknown',
  'exists',
  'starts with',
  'like_regex',
])

export const isPredicate = (node: PathExpression): node is Predicate => predicates.has(node.is)
