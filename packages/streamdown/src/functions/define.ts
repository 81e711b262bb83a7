import type { DataType } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import type {
  BoundArgument,
  FunctionContext,
  FunctionRules,
  Implementation,
  ParameterType,
  ScalarFunction,
  Signature,
} from './definition.ts'

/** Short forms for the lists of functions. */
export type Call = (args: readonly Value[], context: FunctionContext) => Value

type Options = Partial<Pick<Signature, 'variadic' | 'optional' | 'nullable' | 'coerce'>>

/** A signature that JavaScript implements. */
export const js = (
  parameters: readonly ParameterType[],
  returns: Signature['returns'],
  call: Call,
  options: Options = {},
): Signature => ({ parameters, returns, implementation: { is: 'javascript', call }, ...options })

/** A JavaScript signature that can give NULL though no argument is. */
export const jsOrNull = (
  parameters: readonly ParameterType[],
  returns: Signature['returns'],
  call: Call,
  options: Options = {},
): Signature => js(parameters, returns, call, { nullable: true, ...options })

export const kernel = (
  parameters: readonly ParameterType[],
  returns: Signature['returns'],
  name: string,
  options: Options & { readonly otherwise?: Call } = {},
): Signature => {
  const { otherwise, ...rest } = options
  const implementation: Implementation =
    otherwise === undefined ? { is: 'kernel', kernel: name } : { is: 'kernel', kernel: name, otherwise }
  return { parameters, returns, implementation, ...rest }
}

export const inline = (
  parameters: readonly ParameterType[],
  returns: Signature['returns'],
  options: Options = {},
): Signature => ({
  parameters,
  returns,
  implementation: { is: 'inline' },
  ...options,
})

type Extra = Partial<Pick<ScalarFunction, 'aliases' | 'strict' | 'deterministic' | 'insteadIn' | 'parameterNames'>>

/** `examples`: SQL and what it gives, in turn. */
export const definer =
  (category: ScalarFunction['category']) =>
  (
    name: string,
    summary: string,
    examples: readonly (readonly [string, string])[],
    signatures: readonly Signature[],
    extra: Extra = {},
  ): ScalarFunction => ({
    name,
    summary,
    examples: examples.map(([sql, gives]) => ({ sql, gives })),
    category,
    signatures,
    ...extra,
  })

export const firstType = (args: readonly BoundArgument[]): DataType => args[0]?.type ?? { is: 'null' }
export type { BoundArgument, FunctionContext, FunctionRules }
