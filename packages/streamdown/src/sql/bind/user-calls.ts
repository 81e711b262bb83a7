import type { UserFunction, UserScalar } from '../../functions/user/user-function.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import type { Call, Span } from '../parse/ast.ts'
import { placedArguments } from './arguments.ts'
import { castTo } from './cast.ts'
import type { BindContext } from './context.ts'
import type { ExpressionBinder } from './expressions.ts'
import { fail } from './problem.ts'

const numbers = new WeakMap<object, number>()
let known = 0

/** Tells functions of one name apart, so that calls of an earlier one are no calls of the later. */
export function numberOf(user: object): number {
  const number = numbers.get(user) ?? ++known
  numbers.set(user, number)
  return number
}

/** A call of a function written in TypeScript; a table function gives an array. */
export function userCall(
  binder: ExpressionBinder,
  user: Exclude<UserFunction, { kind: 'aggregate' }>,
  call: Call,
): Expression {
  return callOf(user.scalar, userArguments(binder, user, call), call.at)
}

export const callOf = (user: UserScalar, args: readonly Expression[], at?: Span): Expression => ({
  is: 'call',
  name: `${user.name}#${numberOf(user)}`,
  args,
  type: user.returns,
  nullable: true,
  user,
  ...(at === undefined ? {} : { at }),
})

/** Its arguments as the types that it takes. */
export function userArguments(
  binder: Pick<ExpressionBinder, 'bind'> & { readonly context: BindContext },
  { name, parameters }: Pick<UserFunction, 'name' | 'parameters'>,
  call: Call,
): readonly Expression[] {
  if (call.args.length !== parameters.length)
    return fail('DSD2004', `${name} takes ${parameters.length} arguments, not ${call.args.length}.`, call.at)
  const names = parameters.map(parameter => parameter.name)
  return placedArguments(name, names, call).map((argument, i) => {
    const parameter = parameters[i]
    if (argument === undefined) return fail('DSD2004', `${name} lacks its argument ${names[i]}.`, call.at)
    const { value } = argument
    if (value.is === 'tableArgument' || value.is === 'descriptor' || parameter === undefined)
      return fail('DSD2012', `${name} takes no table.`, value.at)
    return castTo(binder.bind(value), parameter.type, binder.context.settings, false, value.at)
  })
}
