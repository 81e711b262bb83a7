import { literal } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { types } from '../../types/data-type.ts'
import type { Argument, Call } from '../parse/ast.ts'
import { plainArgument } from '../parse/calls.ts'
import { fail, notYet } from './problem.ts'

/**
 * The arguments of a call in the order of its parameters; undefined where one is left out before another. By place
 * they come first, then by name: `make_interval(1, days => 10)`.
 * `parameters`: undefined for functions whose parameters have no names.
 */
export function placedArguments(
  name: string,
  parameters: readonly string[] | undefined,
  call: Call,
): readonly (Argument | undefined)[] {
  const firstNamed = call.args.findIndex(argument => argument.name !== undefined)
  if (firstNamed < 0) return call.args
  if (parameters === undefined)
    return fail('DSD2012', `${name} takes its arguments by place, without names.`, call.args[firstNamed]!.at)
  const placed: (Argument | undefined)[] = call.args.slice(0, firstNamed)
  for (const argument of call.args.slice(firstNamed)) {
    if (argument.name === undefined)
      return fail('DSD2012', 'An argument by place cannot follow one by name.', argument.at)
    const written = argument.name.text.toLowerCase()
    const place = parameters.findIndex(parameter => parameter.toLowerCase() === written)
    if (place < 0)
      return fail(
        'DSD2012',
        `${name} has no parameter ${argument.name.text}; it has ${parameters.join(', ')}.`,
        argument.at,
      )
    if (placed[place] !== undefined)
      return fail('DSD2012', `The parameter ${argument.name.text} of ${name} is given twice.`, argument.at)
    while (placed.length < place) placed.push(undefined)
    placed[place] = argument
  }
  return placed
}

/** What a parameter of the library's functions is that is left out before another. */
export const leftOut = (): Expression => literal(0, types.int)

/** `f(a, VARIADIC ARRAY[b, c])` as `f(a, b, c)`. */
export function spread(call: Call): Call {
  if (!call.args.some(argument => argument.variadic)) return call
  return {
    ...call,
    args: call.args.flatMap(argument => {
      if (!argument.variadic) return [argument]
      if (argument.value.is !== 'array')
        return notYet(
          'VARIADIC of another array than a written one',
          'Write VARIADIC ARRAY[a, b], or ARRAY_TO_STRING(array, separator) for CONCAT_WS.',
          argument.at,
        )
      return argument.value.elements.map(plainArgument)
    }),
  }
}
