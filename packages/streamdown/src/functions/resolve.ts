import { type DataType, types } from '../types/data-type.ts'
import { nearest } from '../values/nearest.ts'
import {
  castable,
  commonOfArguments,
  isApproximate,
  isInteger,
  isNumeric,
  isTemporal,
  sameType,
} from './common-type.ts'
import type { BoundArgument, FunctionRules, ParameterType, ScalarFunction, Signature } from './definition.ts'
import { findFunction, functionNames } from './registry.ts'

/**
 * What the binder makes of a call: a CallExpression with `name`, and a CastExpression around each argument whose entry
 * in `casts` is a type.
 */
export type Resolution =
  | {
      readonly is: 'resolved'
      readonly name: string
      readonly casts: readonly (DataType | undefined)[]
      readonly type: DataType
      readonly nullable: boolean
      readonly deterministic: boolean
    }
  | { readonly is: 'unknown'; readonly nearest: string | undefined }
  /** `takes`: the parameter lists there are, for the message. */
  | { readonly is: 'mismatch'; readonly takes: readonly string[] }

/**
 * Finds the function and the signature for bound arguments. Names in any case; operators have the names
 * `+ - * / % = <> < <= > >= || & | # << >> ^ -> ->> #> #>> @> <@ ? ?| ?& #-`, and
 * `negate bit_not and or not is_null is_not_null is_true is_not_true is_false is_not_false is_unknown is_not_unknown
 * is_distinct_from is_not_distinct_from between in like ilike similar_to regexp_like at_time_zone extract
 * trim ltrim rtrim floor_to ceil_to`. Negated forms are `not` around. `like(x, pattern[, escape])`;
 * `extract('YEAR', x)`, `floor_to(x, 'DAY')`, `timestampadd('DAY', n, x)`: units are string literals.
 */
export function resolveFunction(name: string, args: readonly BoundArgument[], rules: FunctionRules): Resolution {
  const written = findFunction(name)
  if (written === undefined) return { is: 'unknown', nearest: nearest(name.toLowerCase(), [...functionNames()]) }
  const instead = written.insteadIn?.functions === rules.functions ? findFunction(written.insteadIn.name) : undefined
  const definition = instead ?? written
  let best: { readonly signature: Signature; readonly targets: readonly DataType[]; readonly cost: number } | undefined
  for (const signature of definition.signatures) {
    const match = matchSignature(signature, args, rules)
    if (match !== undefined && (best === undefined || match.cost < best.cost)) best = { signature, ...match }
  }
  if (best === undefined)
    return { is: 'mismatch', takes: definition.signatures.map(s => describeSignature(definition, s)) }
  const { signature, targets } = best
  const converted = args.map((arg, i) => ({ ...arg, type: targets[i] ?? arg.type }))
  return {
    is: 'resolved',
    name: definition.name,
    casts: args.map((arg, i) => {
      const target = targets[i]
      return target === undefined || sameType(arg.type, target) ? undefined : target
    }),
    type: typeof signature.returns === 'function' ? signature.returns(converted, rules) : signature.returns,
    nullable: nullability(definition, signature, converted),
    deterministic: definition.deterministic !== false,
  }
}

/** The signature that a bound call (its casts inserted) runs. */
export function signatureOf(definition: ScalarFunction, args: readonly BoundArgument[]): Signature | undefined {
  let best: { readonly signature: Signature; readonly cost: number } | undefined
  for (const signature of definition.signatures) {
    const match = matchSignature(signature, args, { division: 'flink', functions: 'flink' })
    if (match !== undefined && (best === undefined || match.cost < best.cost)) best = { signature, cost: match.cost }
  }
  return best?.signature
}

function nullability(definition: ScalarFunction, signature: Signature, args: readonly BoundArgument[]): boolean {
  if (typeof signature.nullable === 'function') return signature.nullable(args)
  if (signature.nullable !== undefined) return signature.nullable
  return definition.strict === false || args.some(arg => arg.nullable)
}

function matchSignature(
  signature: Signature,
  args: readonly BoundArgument[],
  rules: FunctionRules,
): { readonly targets: readonly DataType[]; readonly cost: number } | undefined {
  const { parameters } = signature
  const least = parameters.length - (signature.optional ?? 0) - (signature.variadic === true ? 1 : 0)
  if (args.length < least || (args.length > parameters.length && signature.variadic !== true)) return undefined
  if (signature.coerce !== undefined) {
    const targets = signature.coerce(args, rules)
    if (targets === undefined) return undefined
    return {
      targets,
      cost: args.reduce((sum, arg, i) => sum + (sameType(arg.type, targets[i] ?? arg.type) ? 0 : 1), 0),
    }
  }
  const parameterOf = (i: number): ParameterType => parameters[Math.min(i, parameters.length - 1)] ?? 'each'
  const shared = args.filter((_, i) => parameterOf(i) === 'any' || parameterOf(i) === 'comparable')
  const common = shared.length === 0 ? undefined : commonOfArguments(shared, rules)
  if (shared.length > 0 && common === undefined) return undefined
  const targets: DataType[] = []
  let cost = 0
  for (const [i, arg] of args.entries()) {
    const parameter = parameterOf(i)
    const fit =
      parameter === 'any' || parameter === 'comparable' ? fitCommon(arg, common) : fitParameter(arg, parameter)
    if (fit === undefined) return undefined
    targets.push(fit.target)
    cost += fit.cost
  }
  return { targets, cost }
}

type Fit = { readonly target: DataType; readonly cost: number } | undefined

function fitCommon(arg: BoundArgument, common: DataType | undefined): Fit {
  if (common === undefined) return undefined
  return { target: common, cost: sameType(arg.type, common) ? 0 : 1 }
}

const concrete: Partial<Record<ParameterType, DataType>> = {
  boolean: types.boolean,
  tinyint: types.tinyint,
  smallint: types.smallint,
  int: types.int,
  bigint: types.bigint,
  real: types.real,
  double: types.double,
  string: types.string,
  bytes: types.bytes,
  date: types.date,
  time: types.time(6),
  timestamp: types.timestamp(6),
  interval: types.interval,
  json: types.json,
  numeric: types.numeric,
  integer: types.bigint,
  number: types.double,
  text: types.string,
  temporal: types.timestamp(6),
}

const integerOrder: readonly DataType['is'][] = ['tinyint', 'smallint', 'int', 'bigint']

/** Cost 0: taken as it is; 1: widened; 2: a literal or NULL read as the type; 3: narrowed, which may fail a row. */
function fitParameter(arg: BoundArgument, parameter: ParameterType): Fit {
  const { type } = arg
  if (parameter === 'each' || type.is === parameter) return { target: type, cost: 0 }
  if (parameter === 'text' && type.is === 'string') return { target: type, cost: 0 }
  if (parameter === 'integer' && isInteger(type)) return { target: type, cost: 0 }
  if (parameter === 'number' && isNumeric(type)) return { target: type, cost: 0 }
  if (parameter === 'temporal' && isTemporal(type)) return { target: type, cost: 0 }
  const target = concrete[parameter]
  if (type.is === 'null') return target === undefined ? { target: type, cost: 2 } : { target, cost: 2 }
  if (target === undefined) return undefined
  if (type.is === 'string') {
    if (parameter === 'text') return { target, cost: 0 }
    return arg.literal !== undefined && castable(type, target) ? { target, cost: 2 } : undefined
  }
  const from = integerOrder.indexOf(type.is)
  const to = integerOrder.indexOf(target.is)
  if (from >= 0 && to >= 0) return { target, cost: from < to ? 1 : 3 }
  if (target.is === 'double' && isNumeric(type)) return { target, cost: 1 }
  if (target.is === 'numeric' && isNumeric(type) && !isApproximate(type)) return { target, cost: 2 }
  if (target.is === 'real' && isInteger(type)) return { target, cost: 1 }
  if (target.is === 'timestamp' && type.is === 'date') return { target, cost: 1 }
  return undefined
}

function describeSignature(definition: ScalarFunction, { parameters, variadic, optional = 0 }: Signature): string {
  const names = parameters.map((parameter, i) => {
    const text = parameter === 'each' ? 'any' : parameter
    return i >= parameters.length - optional ? `[${text}]` : text
  })
  return `${definition.name.toUpperCase()}(${names.join(', ')}${variadic === true ? ', ...' : ''})`
}
