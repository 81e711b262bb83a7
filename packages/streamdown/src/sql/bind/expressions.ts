import { commonOfArguments } from '../../functions/common-type.ts'
import type { BoundArgument } from '../../functions/definition.ts'
import { all, any, literal, not, test, truth } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { type DataType, type Field, types } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import { didYouMean } from '../../values/nearest.ts'
import type {
  BinaryOperator,
  Case,
  Identifier,
  RowConstructor,
  Span,
  Star,
  Expression as Syntax,
  TypedLiteral,
} from '../parse/ast.ts'
import { bindCall, callFunction } from './calls.ts'
import { castTo } from './cast.ts'
import { collated } from './collation.ts'
import type { BindContext } from './context.ts'
import { intervalLiteral, numberLiteral, qualifiedInterval } from './literals.ts'
import { inList, like, operate, quantified } from './operators.ts'
import { fail, notYet } from './problem.ts'
import { columnAround, findColumn, type Scope, unknownColumn } from './scope.ts'
import { bindType } from './types.ts'

/**
 * Binds scalar expressions over the rows of a scope. `intercept` may give the bound form of any syntax first: grouped
 * queries answer for keys and aggregates that way, subqueries for the columns that they were joined as.
 */
export class ExpressionBinder {
  readonly context: BindContext
  readonly scope: Scope
  readonly #intercept: ((e: Syntax) => Expression | undefined) | undefined

  constructor(context: BindContext, scope: Scope, intercept?: (e: Syntax) => Expression | undefined) {
    this.context = context
    this.scope = scope
    this.#intercept = intercept
  }

  bind(e: Syntax): Expression {
    const bound = this.#intercept?.(e) ?? this.#bind(e)
    return bound.at === undefined ? { ...bound, at: e.at } : bound
  }

  /** A condition: BOOLEAN, or NULL. */
  condition(e: Syntax, what: string): Expression {
    const bound = this.bind(e)
    if (bound.type.is !== 'boolean' && bound.type.is !== 'null' && bound.is !== 'literal')
      fail('DSD2004', `${what} needs a BOOLEAN, this is ${typeText(bound.type)}.`, e.at)
    return castTo(bound, types.boolean, this.context.settings, false, e.at)
  }

  call(name: string, args: readonly Expression[], at: Span): Expression {
    return callFunction(this.context, name, args, at)
  }

  #bind(e: Syntax): Expression {
    const { settings, names } = this.context
    switch (e.is) {
      case 'column': {
        const placed = this.context.placed.get(e)
        if (placed !== undefined) return columnAround(this.scope, placed.columns, placed.index)
        return this.#column(e.parts, e.at)
      }
      case 'field':
        return this.#field(this.bind(e.of), e.field)
      case 'subscript':
        return this.#subscript(e.of, e.index, e.at)
      case 'slice': {
        const bound = [e.of, e.from, e.to].map(part =>
          part === undefined ? literal(null, types.int) : this.bind(part),
        )
        return this.call('array_slice', bound, e.at)
      }
      case 'star':
        return fail('DSD2006', '* stands for all columns in a select list or in COUNT(*) only.', e.at)
      case 'number':
        return numberLiteral(e.text, false, settings, e.at)
      case 'string':
        return literal(e.value, types.string)
      case 'bytes':
        return literal(
          Uint8Array.from(e.hex.match(/../g) ?? [], pair => Number.parseInt(pair, 16)),
          types.bytes,
        )
      case 'boolean':
        return literal(e.value, types.boolean)
      case 'null':
        return literal(null, types.null)
      case 'default':
        return fail('DSD2006', 'DEFAULT stands in VALUES of an INSERT and in SET of an UPDATE only.', e.at)
      case 'typedLiteral':
        return castTo(literal(e.text, types.string), this.#literalType(e), settings, this.context.lenient, e.at)
      case 'interval':
        return intervalLiteral(e)
      case 'timeUnit':
        return literal(e.unit, types.string)
      case 'parameter':
        return fail('DSD2012', `There is no value for the parameter ${e.name}.`, e.at)
      case 'unary':
        return this.#unary(e.op, e.operand, e.at)
      case 'binary':
        return this.#binary(e.op, e.left, e.right, e.at)
      case 'logical': {
        const operands = e.operands.map(operand => this.condition(operand, e.op))
        return e.op === 'AND' ? test('and', ...operands) : test('or', ...operands)
      }
      case 'isTest':
        return this.#isTest(e.test, e.negated, e.value, e.at)
      case 'isDistinct':
        return this.call(
          e.negated ? 'is_not_distinct_from' : 'is_distinct_from',
          [this.bind(e.left), this.bind(e.right)],
          e.at,
        )
      case 'between': {
        const [value, low, high] = [this.bind(e.value), this.bind(e.low), this.bind(e.high)]
        const between = this.call('between', [value, low, high], e.at)
        const either = e.symmetric ? any([between, this.call('between', [value, high, low], e.at)]) : between
        return e.negated ? not(either) : either
      }
      case 'inList':
        return inList(this, e)
      case 'like':
        return like(this, e)
      case 'quantified':
        return quantified(this, e)
      case 'cast':
        if (e.value.is === 'string' && e.type.is === 'namedType' && /^INTERVAL /.test(e.type.name))
          return qualifiedInterval(e.value, e.type.name, e.at)
        return this.#castOf(e.value, this.type(e.type), e.orNull || this.context.lenient, e.at)
      case 'atTimeZone': {
        const zone = e.zone === undefined ? literal(settings.timezone, types.string) : this.bind(e.zone)
        return this.call('at_time_zone', [this.bind(e.value), zone], e.at)
      }
      case 'collate':
        return collated(this.bind(e.value), e.collation)
      case 'case':
        return this.#case(e)
      case 'array': {
        if (e.elements.length === 0)
          return fail('DSD2004', 'An empty array has no type: write CAST(ARRAY[] AS INT ARRAY).', e.at)
        const elements = this.#alike(
          e.elements.map(element => this.bind(element)),
          e.at,
          'ARRAY',
        )
        const typed =
          elements[0]!.type.is === 'null' ? elements.map(element => castTo(element, types.string, settings)) : elements
        return this.#construct('array', typed, types.array(typed[0]!.type))
      }
      case 'map': {
        const keys = this.#alike(
          e.entries.map(entry => this.bind(entry.key)),
          e.at,
          'MAP',
        )
        const values = this.#alike(
          e.entries.map(entry => this.bind(entry.value)),
          e.at,
          'MAP',
        )
        const type = types.map(keys[0]?.type ?? types.null, values[0]?.type ?? types.null)
        return this.#construct(
          'map',
          keys.flatMap((key, i) => [key, values[i]!]),
          type,
        )
      }
      case 'row':
        return this.#row(e)
      case 'extract':
        return this.call('extract', [literal(e.field.toUpperCase(), types.string), this.bind(e.value)], e.at)
      case 'trim': {
        const name = { BOTH: 'trim', LEADING: 'ltrim', TRAILING: 'rtrim' }[e.side]
        return this.call(
          name,
          [e.value, ...(e.characters === undefined ? [] : [e.characters])].map(part => this.bind(part)),
          e.at,
        )
      }
      case 'call':
        return bindCall(this, e)
      case 'lambda':
        return fail('DSD2012', 'A lambda is an argument of a function over elements, as ARRAY_TRANSFORM.', e.at)
      case 'scalarQuery':
      case 'exists':
      case 'inQuery':
      case 'arrayQuery':
        return notYet(
          'A subquery here',
          `Join it in FROM instead (${names.fold({ is: 'identifier', text: 'WITH', quoted: true, at: e.at })} can name it).`,
          e.at,
        )
    }
  }

  /** `ARRAY[…]` as a type: the cast is that of every element, which need have no type in common then. */
  #castOf(value: Syntax, type: DataType, attempt: boolean, at: Span): Expression {
    const { settings } = this.context
    if (value.is !== 'array' || (value.elements.length > 0 && settings.cast_rule !== 'postgres'))
      return castTo(this.bind(value), type, settings, attempt, at)
    if (type.is === 'array') {
      const elements = value.elements.map(element => this.#castOf(element, type.element, attempt, element.at))
      return this.#construct('array', elements, type)
    }
    if (value.elements.length === 0) return fail('DSD2004', `An array cannot be cast to ${typeText(type)}.`, at)
    return castTo(this.bind(value), type, settings, attempt, at)
  }

  type(name: Parameters<typeof bindType>[0]): DataType {
    const { settings, names, catalog } = this.context
    return bindType(name, settings, names, user => catalog.findType(user))
  }

  /** In Flink TIMESTAMP '…' has the digits that are written. */
  #literalType({ type, text }: TypedLiteral): DataType {
    const named = this.type(type)
    const sized = type.is === 'namedType' && type.args.length > 0
    if (named.is !== 'timestamp' || sized || this.context.settings.functions !== 'flink') return named
    const digits = /\.(\d+)/.exec(text)?.[1] ?? ''
    return { ...named, precision: Math.min(digits.length, 6) }
  }

  #column(parts: readonly Identifier[], at: Span): Expression {
    const { names } = this.context
    const found = findColumn(this.scope, parts, names)
    if (found === undefined) return this.#wordForValue(parts, at) ?? unknownColumn(this.scope, parts, names, at)
    if (found.is === 'ambiguous')
      return fail('DSD2002', `"${found.name}" stands in several tables; write table.${found.name}.`, at)
    let value = found.value
    for (const part of found.rest) value = this.#field(value, part)
    return { ...value, at }
  }

  /** Words that stand for a value where no column has the name: SQL's third truth value, and Flink's PI. */
  #wordForValue([word, ...more]: readonly Identifier[], at: Span): Expression | undefined {
    if (word === undefined || word.quoted || more.length > 0) return undefined
    switch (word.text.toUpperCase()) {
      case 'UNKNOWN':
        return literal(null, types.boolean)
      case 'PI':
        return this.call('pi', [], at)
      default:
        return undefined
    }
  }

  #field(of: Expression, field: Identifier): Expression {
    const { names } = this.context
    const name = names.fold(field)
    if (of.type.is === 'row') {
      const index = of.type.fields.findIndex(f => names.same(f.name, name))
      const found = of.type.fields[index]
      if (found === undefined) {
        const fields = of.type.fields.map(f => f.name)
        return fail(
          'DSD2002',
          `There is no field "${name}" in ${typeText(of.type)}.${didYouMean(name, fields)}`,
          field.at,
        )
      }
      if (of.is === 'call' && of.name === 'row') return of.args[index]!
      return { is: 'field', input: of, index, type: found.type, nullable: of.nullable || found.nullable, at: field.at }
    }
    return fail('DSD2004', `${typeText(of.type)} has no fields, so not "${name}".`, field.at)
  }

  #subscript(of: Syntax, index: Syntax, at: Span): Expression {
    const value = this.bind(of)
    const key = this.bind(index)
    if (value.type.is === 'row' && key.is === 'literal' && typeof key.value === 'number') {
      const field = value.type.fields[key.value - 1]
      if (field !== undefined)
        return {
          is: 'field',
          input: value,
          index: key.value - 1,
          type: field.type,
          nullable: value.nullable || field.nullable,
        }
    }
    return this.call('element_at', [value, key], at)
  }

  #unary(op: string, operand: Syntax, at: Span): Expression {
    switch (op) {
      case 'NOT':
        return not(this.condition(operand, 'NOT'))
      case '-':
        if (operand.is === 'number') return numberLiteral(operand.text, true, this.context.settings, at)
        return this.call('negate', [this.bind(operand)], at)
      case '+':
        return this.bind(operand)
      case '~':
        return this.call('bit_not', [this.bind(operand)], at)
      case '|/':
        return this.call('sqrt', [this.bind(operand)], at)
      case '||/':
        return this.call('cbrt', [this.bind(operand)], at)
      case '@':
        return this.call('abs', [this.bind(operand)], at)
      default:
        return notYet(`The operator ${op}`, 'Use a function.', at)
    }
  }

  #binary(op: BinaryOperator, leftSyntax: Syntax, rightSyntax: Syntax, at: Span): Expression {
    const left = this.bind(leftSyntax)
    const right = this.bind(rightSyntax)
    return this.operate(op, left, right, at)
  }

  operate(op: BinaryOperator, left: Expression, right: Expression, at: Span): Expression {
    return operate(this, op, left, right, at)
  }

  #isTest(kind: string, negated: boolean, value: Syntax, at: Span): Expression {
    const bound = this.bind(value)
    const name = kind.toLowerCase().replaceAll(' ', '_')
    if (kind.startsWith('JSON')) {
      const json = this.call('is_json', [bound, literal(kind.slice(5) || 'VALUE', types.string)], at)
      // In Flink NULL is no JSON.
      const known = this.context.settings.functions === 'flink' ? this.call('coalesce', [json, truth(false)], at) : json
      return negated ? not(known) : known
    }
    const asked = negated ? `is_not_${name}` : `is_${name}`
    const whole = this.call(asked, [bound], at)
    if (kind !== 'NULL' || bound.type.is !== 'row' || this.context.functionRules.functions !== 'postgres') return whole
    // To PostgreSQL a row of NULLs is NULL, and one with a NULL among others neither NULL nor not NULL.
    const fields = all(fieldsOf(bound).map(field => this.call(asked, [field], at)))
    return negated ? fields : any([whole, fields])
  }

  #case(e: Case): Expression {
    const operand = e.operand === undefined ? undefined : this.bind(e.operand)
    const conditionOf = (when: Syntax): Expression =>
      operand === undefined ? this.condition(when, 'WHEN') : this.operate('=', operand, this.bind(when), when.at)
    const branches = e.branches.map(branch => ({
      when: any(branch.when.map(conditionOf)),
      then: this.bind(branch.then),
    }))
    const otherwise = e.otherwise === undefined ? literal(null, types.null) : this.bind(e.otherwise)
    const results = this.#alike([...branches.map(branch => branch.then), otherwise], e.at, 'CASE')
    const last = results.at(-1)!
    return {
      is: 'case',
      branches: branches.map(({ when }, i) => ({ when, then: results[i]! })),
      otherwise: last,
      type: last.type,
      nullable: results.some(result => result.nullable),
    }
  }

  #row({ elements, names: given }: RowConstructor): Expression {
    const { names } = this.context
    const args = elements.flatMap(element =>
      element.is === 'star' ? this.#starColumns(element) : [this.bind(element)],
    )
    const stars = elements.some(element => element.is === 'star')
    const fields = args.map((arg, i): Field => {
      const own = stars && arg.is === 'column' ? arg.name : `f${i + 1}`
      return { name: given?.[i] === undefined ? own : names.fold(given[i]), type: arg.type, nullable: arg.nullable }
    })
    return this.#construct('row', args, types.row(fields))
  }

  #starColumns({ of }: Star): readonly Expression[] {
    const { names } = this.context
    const table = of?.is === 'column' && of.parts.length === 1 ? names.fold(of.parts[0]!) : undefined
    return this.scope.columns
      .filter(c => c.unlisted !== true)
      .filter(c => (table === undefined ? c.plain : c.table !== undefined && names.same(c.table, table)))
      .map(c => ({ is: 'column', index: c.index, ...this.scope.schema[c.index]! }))
  }

  #construct(name: string, args: readonly Expression[], type: DataType): Expression {
    return { is: 'call', name, args, type, nullable: false }
  }

  /** The values in their common type. */
  #alike(values: readonly Expression[], at: Span, what: string): readonly Expression[] {
    const type = commonOf(values, this.context)
    if (type === undefined)
      return fail(
        'DSD2004',
        `${what}: ${values.map(value => typeText(value.type)).join(', ')} have no common type.`,
        at,
      )
    return values.map(value => castTo(value, type, this.context.settings, false, value.at))
  }
}

export const argumentOf = (e: Expression): BoundArgument => ({
  type: e.type,
  nullable: e.nullable,
  ...(e.is === 'literal' ? { literal: e.value } : {}),
})

export function commonOf(values: readonly Expression[], context: BindContext): DataType | undefined {
  return commonOfArguments(values.map(argumentOf), context.functionRules)
}

export function fieldsOf(e: Expression): readonly Expression[] {
  if (e.type.is !== 'row') return []
  if (e.is === 'call' && e.name === 'row') return e.args
  return e.type.fields.map(({ type, nullable }, index) => ({
    is: 'field',
    input: e,
    index,
    type,
    nullable: e.nullable || nullable,
  }))
}
