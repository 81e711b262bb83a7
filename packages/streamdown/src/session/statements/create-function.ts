import { aggregateIn, functionIn } from '../../functions/user/source.ts'
import { type UserFunction, userAggregate, userScalar, userTable } from '../../functions/user/user-function.ts'
import type { BoundStatement } from '../../sql/bind/statement.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'
import { done } from './results.ts'

type Creating = Extract<BoundStatement, { is: 'createUserFunction' }>

/** CREATE FUNCTION in TypeScript: its code is built here, and called by the programs that name it. */
export async function createUserFunction(
  workspace: Workspace,
  bound: Creating,
  text: string,
): Promise<StatementResult> {
  const { name } = bound.declared
  const made = await builtFunction(workspace, bound)
  workspace.history.remember(text, { kind: 'function', names: [name] })
  workspace.catalog.defineFunction({ is: 'userFunction', name, function: made })
  return done(`function ${name} created`)
}

async function builtFunction({ environment }: Workspace, { declared, gives, place }: Creating): Promise<UserFunction> {
  const { code } = environment
  if (gives.is === 'aggregate')
    return userAggregate(declared, gives.type, await aggregateIn(place, declared.name, code))
  const parameters = declared.parameters.map(({ name }) => name)
  const call = await functionIn(place, declared.name, parameters, gives.is === 'rows' ? 'rows' : 'value', code)
  return gives.is === 'rows' ? userTable(declared, gives.columns, call) : userScalar(declared, gives.type, call)
}
