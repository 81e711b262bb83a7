import type { Argument, BinaryOperator, Call, Expression, Identifier, Name, SortItem, Span } from '../parse/ast.ts'
import { parseTypeName } from '../parse/parse.ts'

const written = new WeakMap<Call, Expression>()

/**
 * `RANK(value) WITHIN GROUP (ORDER BY …)` and its like: the place that a row with the value would have among those of
 * the group, as counts of the rows before it. The same expression each time that it is asked for; undefined for other
 * calls.
 */
export function hypotheticalSet(call: Call): Expression | undefined {
  const known = written.get(call)
  if (known !== undefined) return known
  const make = sets[call.name.parts.at(-1)?.text.toUpperCase() ?? '']
  if (make === undefined || call.withinGroup.length === 0 || call.args.length !== call.withinGroup.length)
    return undefined
  const made = make(parts(call))
  written.set(call, made)
  return made
}

interface Parts {
  /** How many rows there are, come before the value, or come before it or beside it. */
  readonly all: Expression
  readonly before: Expression
  readonly upTo: Expression
  /** How many different values come before it. */
  readonly different: Expression
  readonly at: Span
}

const sets: Readonly<Record<string, (parts: Parts) => Expression>> = {
  RANK: ({ before, at }) => binary('+', before, number('1', at)),
  DENSE_RANK: ({ different, at }) => binary('+', different, number('1', at)),
  PERCENT_RANK: ({ all, before, at }) => ({
    is: 'case',
    operand: undefined,
    branches: [{ is: 'caseBranch', when: [binary('=', all, number('0', at))], then: double(number('0', at)), at }],
    otherwise: binary('/', double(before), all),
    at,
  }),
  CUME_DIST: ({ all, upTo, at }) =>
    binary('/', double(binary('+', upTo, number('1', at))), binary('+', all, number('1', at))),
}

function parts({ args, withinGroup, filter, at }: Call): Parts {
  const pairs = withinGroup.map((item, i) => ({ item, value: argument(args[i]!) }))
  const where = (condition: Expression | undefined): Expression | undefined =>
    condition === undefined || filter === undefined ? (condition ?? filter) : logical('AND', [filter, condition])
  const rows = (condition: Expression | undefined): Expression =>
    called('count', [{ is: 'star', of: undefined, except: [], replace: [], at }], false, where(condition), at)
  const before = comesBefore(pairs)
  const peer = logical(
    'AND',
    pairs.map(({ item, value }) => same(item.value, value)),
  )
  const row: Expression = {
    is: 'row',
    explicit: true,
    elements: withinGroup.map(item => item.value),
    names: undefined,
    at,
  }
  return {
    all: rows(undefined),
    before: rows(before),
    upTo: rows(logical('OR', [before, peer])),
    different: called('count', [row], true, where(before), at),
    at,
  }
}

interface Pair {
  readonly item: SortItem
  readonly value: Expression
}

/** A row comes before the value in the first key in which they differ. */
function comesBefore([first, ...more]: readonly Pair[]): Expression {
  const { item, value } = first!
  const nullsFirst = (item.nulls ?? (item.direction === 'DESC' ? 'FIRST' : 'LAST')) === 'FIRST'
  const [null_, present] = nullsFirst ? [item.value, value] : [value, item.value]
  const earlier = logical('OR', [
    binary(item.direction === 'DESC' ? '>' : '<', item.value, value),
    logical('AND', [isNull(null_, false), isNull(present, true)]),
  ])
  if (more.length === 0) return earlier
  return logical('OR', [earlier, logical('AND', [same(item.value, value), comesBefore(more)])])
}

const argument = ({ value }: Argument): Expression =>
  value.is === 'tableArgument' || value.is === 'descriptor' ? { is: 'null', at: value.at } : value

const number = (text: string, at: Span): Expression => ({ is: 'number', text, at })

const binary = (op: BinaryOperator, left: Expression, right: Expression): Expression => ({
  is: 'binary',
  op,
  left,
  right,
  at: left.at,
  opAt: left.at,
})

const logical = (op: 'AND' | 'OR', operands: readonly Expression[]): Expression =>
  operands.length === 1 ? operands[0]! : { is: 'logical', op, operands, at: operands[0]!.at }

const isNull = (value: Expression, negated: boolean): Expression => ({
  is: 'isTest',
  value,
  test: 'NULL',
  negated,
  at: value.at,
})

const same = (left: Expression, right: Expression): Expression => ({
  is: 'isDistinct',
  left,
  right,
  negated: true,
  at: left.at,
})

const double = (value: Expression): Expression => ({
  is: 'cast',
  value,
  type: parseTypeName('DOUBLE'),
  orNull: false,
  at: value.at,
})

function called(
  text: string,
  values: readonly Argument['value'][],
  distinct: boolean,
  filter: Expression | undefined,
  at: Span,
): Call {
  const part: Identifier = { is: 'identifier', text, quoted: false, at }
  const name: Name = { is: 'name', parts: [part], at }
  return {
    is: 'call',
    name,
    args: values.map(value => ({ is: 'argument', name: undefined, variadic: false, value, at })),
    bare: false,
    distinct,
    orderBy: [],
    withinGroup: [],
    filter,
    nulls: undefined,
    over: undefined,
    semantics: undefined,
    json: undefined,
    at,
  }
}
