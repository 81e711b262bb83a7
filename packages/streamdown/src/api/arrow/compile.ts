import { literal, test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { type DataType, types } from '../../types/data-type.ts'
import { columnOf } from './analyse.ts'
import type { Js, Parameter } from './syntax.ts'

/** The arrow cannot be run compiled without someone being able to tell; the message says why. */
class Stays extends Error {}

export interface CompileScope {
  readonly parameter: Parameter | undefined
  /** The row's column as a plan expression; undefined: no such column. */
  readonly column: (name: string) => { readonly value: Expression; readonly readsAsNumber: boolean } | undefined
}

export type Compiled =
  | { readonly is: 'compiled'; readonly value: Expression }
  | { readonly is: 'javascript'; readonly reason: string }

/**
 * An arrow's body as an expression that gives the same for every row: literals, columns, `! && || ?:`, comparisons and
 * arithmetic on doubles that are never NULL. JavaScript's meaning is kept where SQL's differs: NaN equals nothing,
 * NULL equals NULL.
 */
export function compileArrow(body: Js | undefined, scope: CompileScope): Compiled {
  if (body === undefined) return { is: 'javascript', reason: 'its source is more than one expression' }
  try {
    return { is: 'compiled', value: compile(body, scope) }
  } catch (problem) {
    if (!(problem instanceof Stays)) throw problem
    return { is: 'javascript', reason: problem.message }
  }
}

function stays(reason: string): never {
  throw new Stays(reason)
}

function compile(js: Js, scope: CompileScope): Expression {
  const name = columnOf(js, scope.parameter)
  if (name !== undefined) {
    const column = scope.column(name) ?? stays(`${name} is not a column`)
    return column.value
  }
  switch (js.is) {
    case 'number':
      return literal(js.value, types.double)
    case 'string':
      return literal(js.value, types.string)
    case 'boolean':
      return literal(js.value, types.boolean)
    case 'unary':
      return ofUnary(js, scope)
    case 'binary':
      return ofBinary(js, scope)
    case 'logical':
      if (js.op === '??') return stays('uses ??')
      return test(js.op === '&&' ? 'and' : 'or', truth(compile(js.left, scope)), truth(compile(js.right, scope)))
    case 'conditional':
      return ofConditional(js, scope)
    case 'name':
      return stays(`uses ${js.name} from outside`)
    case 'call':
      return stays('calls a function')
    case 'template':
      return stays('makes text by a template')
    case 'null':
    case 'undefined':
    case 'bigint':
    case 'member':
    case 'index':
    case 'object':
    case 'array':
    case 'other':
      return stays('uses more than columns, literals and operators')
  }
}

/** `&&`, `||`, `!` and `?:` ask whether a value is true: only a BOOLEAN that is never NULL says so by itself. */
function truth(value: Expression): Expression {
  return value.type.is === 'boolean' && !value.nullable
    ? value
    : stays('uses a value that is no boolean as a condition')
}

function ofUnary({ op, of }: Extract<Js, { is: 'unary' }>, scope: CompileScope): Expression {
  if (op === '!') return test('not', truth(compile(of, scope)))
  if (op === '-' && of.is === 'number') return literal(-of.value, types.double)
  if (op === '-')
    return { is: 'call', name: 'negate', args: [double(compile(of, scope))], type: types.double, nullable: false }
  return stays(`uses ${op}`)
}

function ofBinary({ op, left, right }: Extract<Js, { is: 'binary' }>, scope: CompileScope): Expression {
  switch (op) {
    case '===':
      return equal(left, right, scope)
    case '!==':
      return test('not', equal(left, right, scope))
    case '<':
      return ordered('<', left, right, scope)
    case '<=':
      return ordered('<=', left, right, scope)
    case '>':
      return ordered('>', left, right, scope)
    case '>=':
      return ordered('>=', left, right, scope)
    case '+':
    case '-':
    case '*':
    case '/': {
      const args = [double(compile(left, scope)), double(compile(right, scope))]
      return { is: 'call', name: op, args, type: types.double, nullable: false }
    }
    default:
      return stays(`uses ${op}`)
  }
}

function ofConditional(
  { test: condition, then, otherwise }: Extract<Js, { is: 'conditional' }>,
  scope: CompileScope,
): Expression {
  const when = truth(compile(condition, scope))
  const yes = compile(then, scope)
  const no = compile(otherwise, scope)
  const [a, b] = isNumeric(yes.type) && isNumeric(no.type) ? [double(yes), double(no)] : [yes, no]
  if (a.type.is !== b.type.is || !['boolean', 'double', 'string'].includes(a.type.is))
    return stays('gives values of different types')
  return {
    is: 'case',
    branches: [{ when, then: a }],
    otherwise: b,
    type: a.type.is === 'string' ? types.string : a.type,
    nullable: a.nullable || b.nullable,
  }
}

const isWhole = (type: DataType): boolean => ['tinyint', 'smallint', 'int'].includes(type.is)
const isNumeric = (type: DataType): boolean => isWhole(type) || type.is === 'real' || type.is === 'double'

/** The value as the double that JavaScript sees. */
function double(value: Expression): Expression {
  if (!isNumeric(value.type))
    return stays(`calculates with ${value.type.is === 'decimal' ? 'a decimal' : `a value of type ${value.type.is}`}`)
  if (value.nullable) return stays('calculates with a column that may be NULL')
  if (value.type.is === 'double') return value
  return { is: 'cast', input: value, attempt: false, rule: 'flink', type: types.double, nullable: false }
}

/** SQL has NaN above all numbers; in JavaScript no comparison with it holds. */
function ordered(op: '<' | '<=' | '>' | '>=', left: Js, right: Js, scope: CompileScope): Expression {
  const a = double(compile(left, scope))
  const b = double(compile(right, scope))
  const greater = op === '<' || op === '<=' ? b : a
  return notNaN(test(op, a, b), greater)
}

function notNaN(comparison: Expression, mayBeNaN: Expression): Expression {
  if (mayBeNaN.is === 'literal') return comparison
  if (mayBeNaN.is === 'cast' && isWhole(mayBeNaN.input.type)) return comparison
  return test('and', test('<=', mayBeNaN, literal(Number.POSITIVE_INFINITY, types.double)), comparison)
}

function equal(left: Js, right: Js, scope: CompileScope): Expression {
  if (left.is === 'null' || right.is === 'null') {
    return { ...test('is_null', compile(left.is === 'null' ? right : left, scope)), nullable: false }
  }
  const a = compile(left, scope)
  const b = compile(right, scope)
  if (isNumeric(a.type) && isNumeric(b.type)) {
    const [x, y] = [double(a), double(b)]
    return notNaN(test('=', x, y), x.is === 'literal' ? y : x)
  }
  if (a.type.is !== b.type.is || (a.type.is !== 'string' && a.type.is !== 'boolean'))
    return stays(`compares ${a.type.is} with ${b.type.is}`)
  const name = a.nullable || b.nullable ? 'is_not_distinct_from' : '='
  return { ...test(name, a, b), nullable: false }
}
