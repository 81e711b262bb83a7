/** CREATE FUNCTION in the forms of Feldera, RisingWave, PostgreSQL and Flink. */

import type { CreateFunction, Expression, FunctionParameter, OptionSetting, RowTypeField, TypeName } from '../ast.ts'
import type { Cursor } from '../cursor.ts'
import { expression } from '../expressions.ts'
import { identifier, isName, name, text } from '../names.ts'
import { withOptions } from '../options.ts'
import { nullableTypeName, rowTypeField } from '../types.ts'
import { type CreateWords, ifNotExists } from './create.ts'

interface Clauses {
  returns: TypeName | undefined
  returnsTable: readonly RowTypeField[]
  language: string | undefined
  source: string | undefined
  from: string | undefined
  strict: boolean
  volatile: boolean
  body: Expression | undefined
  options: readonly OptionSetting[]
}

export function createFunction(
  c: Cursor,
  { start, orReplace, temporary }: CreateWords,
  aggregate: boolean,
): CreateFunction {
  const unlessExists = ifNotExists(c)
  const created = name(c, 'a name for the function')
  const parameters = c.is('(') ? functionParameters(c) : []
  const clauses: Clauses = {
    returns: undefined,
    returnsTable: [],
    language: undefined,
    source: undefined,
    from: undefined,
    strict: false,
    volatile: false,
    body: undefined,
    options: [],
  }
  while (functionClause(c, clauses)) {
    // Clauses come in any order.
  }
  return {
    is: 'createFunction',
    name: created,
    orReplace,
    temporary,
    ifNotExists: unlessExists,
    aggregate,
    parameters,
    ...clauses,
    at: c.since(start),
  }
}

function functionParameters(c: Cursor): FunctionParameter[] {
  c.expect('(')
  if (c.accept(')')) return []
  const parameters = c.list((): FunctionParameter => {
    const { name: parameter, type, at } = rowTypeField(c)
    return { is: 'parameterDefinition', name: parameter, type, at }
  })
  c.expect(')')
  return parameters
}

function functionClause(c: Cursor, found: Clauses): boolean {
  if (c.accept('RETURNS', 'NULL', 'ON', 'NULL', 'INPUT') || c.accept('STRICT')) {
    found.strict = true
    return true
  }
  if (c.accept('RETURNS')) {
    if (c.accept('TABLE')) found.returnsTable = c.parenthesised(() => rowTypeField(c))
    else found.returns = nullableTypeName(c)
    return true
  }
  if (c.accept('LANGUAGE')) {
    found.language = identifier(c, 'a language').text.toUpperCase()
    return true
  }
  if (c.accept('RETURN')) {
    found.body = expression(c)
    return true
  }
  if (c.accept('AS')) {
    if (c.token.kind === 'string' && endsFunctionClause(c)) found.source = text(c)
    else found.body = expression(c)
    return true
  }
  if (c.accept('FROM')) {
    found.from = text(c)
    return true
  }
  if (c.accept('VOLATILE') || c.accept('NOT', 'DETERMINISTIC')) {
    found.volatile = true
    return true
  }
  if (c.accept('CALLED', 'ON', 'NULL', 'INPUT')) return true
  if (c.accept('USING')) {
    // `USING JAR 'path', JAR 'path'` or `USING LINK 'address'`.
    c.list(() => {
      identifier(c)
      return text(c)
    })
    return true
  }
  if (c.is('WITH', '(')) {
    found.options = withOptions(c)
    return true
  }
  return c.acceptOneOf('IMMUTABLE', 'STABLE', 'DETERMINISTIC') !== undefined
}

/** Whether the string here is the whole AS clause and not the start of an expression. */
function endsFunctionClause(c: Cursor): boolean {
  const next = c.peek(1)
  return next.kind === 'end' || next.key === ';' || isName(next)
}
