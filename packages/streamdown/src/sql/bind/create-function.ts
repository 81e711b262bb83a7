import type { CodePlace } from '../../functions/user/source.ts'
import type { CreateFunction } from '../parse/ast.ts'
import type { BindContext } from './context.ts'
import { lastPart } from './names.ts'
import { fail, notYet } from './problem.ts'
import { sqlBody } from './sql-function.ts'
import type { BoundStatement, UserResult } from './statement.ts'
import { bindType } from './types.ts'

const languages: ReadonlySet<string> = new Set(['TYPESCRIPT', 'JAVASCRIPT'])

/** CREATE FUNCTION and CREATE AGGREGATE: in SQL, or in TypeScript. */
export function createFunction(context: BindContext, syntax: CreateFunction): BoundStatement {
  const { names, settings, catalog } = context
  const type = (name: Parameters<typeof bindType>[0]) => bindType(name, settings, names, user => catalog.findType(user))
  const { orReplace, ifNotExists } = syntax
  const name = names.fold(lastPart(syntax.name))
  const before = catalog.findFunction(name)
  if (before !== undefined && ifNotExists) return { is: 'nothing', what: `function ${name} is there already` }
  if (before !== undefined && !orReplace)
    return fail(
      'DSD2008',
      `There is a function ${name} already: CREATE OR REPLACE FUNCTION takes its place.`,
      syntax.at,
    )
  const parameters = syntax.parameters.map((p, i) => ({
    name: p.name === undefined ? `$${i + 1}` : names.fold(p.name),
    type: type(p.type),
  }))
  const body = sqlBody(syntax)
  if (body !== undefined) {
    const returns = syntax.returns === undefined ? undefined : type(syntax.returns)
    return { is: 'createFunction', orReplace, ifNotExists, entry: { is: 'function', name, parameters, returns, body } }
  }
  const language = syntax.language ?? (syntax.from === undefined ? undefined : 'TYPESCRIPT')
  if (language === undefined || !languages.has(language))
    return notYet(
      `CREATE FUNCTION in ${language ?? 'another language'}`,
      'Write its body as an SQL expression, or in TypeScript: LANGUAGE TYPESCRIPT AS $$ … $$.',
      syntax.at,
    )
  const place = placeOf(syntax)
  const gives = resultOf(syntax, name, type)
  const declared = { name, parameters, strict: syntax.strict, volatile: syntax.volatile }
  return { is: 'createUserFunction', declared, gives, place, orReplace, ifNotExists }
}

function placeOf(syntax: CreateFunction): CodePlace {
  if (syntax.from !== undefined) return { is: 'module', path: syntax.from }
  if (syntax.source !== undefined) return { is: 'text', text: syntax.source }
  return fail('DSD2006', "Say where its code is: AS $$ … $$, or FROM './file.ts'.", syntax.at)
}

function resultOf(
  syntax: CreateFunction,
  name: string,
  type: (name: NonNullable<CreateFunction['returns']>) => UserResultType,
): UserResult {
  if (syntax.returnsTable.length > 0) {
    const columns = syntax.returnsTable.map(({ name: column, type: of }, i) => ({
      name: column?.text ?? `f${i}`,
      type: type(of),
      nullable: true,
    }))
    return { is: 'rows', columns }
  }
  if (syntax.returns === undefined)
    return fail('DSD2006', `Say what ${name} gives: RETURNS type, or RETURNS TABLE (…).`, syntax.at)
  return { is: syntax.aggregate ? 'aggregate' : 'value', type: type(syntax.returns) }
}

type UserResultType = ReturnType<typeof bindType>
