import { type DataType, types } from '../../types/data-type.ts'
import type { ColumnDraft } from '../draft/relation-draft.ts'
import { ColumnType } from '../schema/column-type.ts'
import { columnOf } from './analyse.ts'
import type { Js, Parameter } from './syntax.ts'

/** What an expression is known to give. */
interface Known {
  readonly type: DataType
  readonly nullable: boolean
  readonly readsAsNumber?: boolean
}

export interface InferenceScope {
  readonly parameter: Parameter | undefined
  readonly column: (name: string) => ColumnType<unknown> | undefined
  /** All columns of the row, for `...row`. */
  readonly columns: readonly ColumnDraft[]
  /** Another parameter, whose columns are asked for in the same way. */
  readonly second?: Pick<InferenceScope, 'parameter' | 'column'>
}

/** The type of an arrow's result, where its source tells; undefined where it does not. */
export function inferredType(body: Js | undefined, scope: InferenceScope): ColumnType<unknown> | undefined {
  const known = body === undefined ? undefined : infer(body, scope)
  if (known === undefined || known.type.is === 'null') return undefined
  const { type, nullable, readsAsNumber = false } = known
  return new ColumnType(type, { nullable, readsAsNumber })
}

/**
 * The columns of the object that an arrow gives, where its source tells. Of a condition between two objects a column
 * that only one has may be NULL. The name of the column that is not known is given back as text.
 */
export function inferredColumns(body: Js | undefined, scope: InferenceScope): readonly ColumnDraft[] | string {
  if (body?.is === 'conditional') {
    const then = inferredColumns(body.then, scope)
    const otherwise = inferredColumns(body.otherwise, scope)
    if (typeof then === 'string') return then
    return typeof otherwise === 'string' ? otherwise : eitherColumns(then, otherwise)
  }
  if (body?.is !== 'object') return ''
  const columns = new Map<string, ColumnType<unknown>>()
  for (const property of body.properties) {
    if (property.is === 'spread') {
      if (property.of.is !== 'name' || scope.parameter?.is !== 'row' || property.of.name !== scope.parameter.name)
        return ''
      for (const { name, type } of scope.columns) columns.set(name, type)
      continue
    }
    const type = inferredType(property.value, scope)
    if (type === undefined) return property.name
    columns.set(property.name, type)
  }
  return [...columns].map(([name, type]) => ({ name, type }))
}

function eitherColumns(a: readonly ColumnDraft[], b: readonly ColumnDraft[]): readonly ColumnDraft[] | string {
  const columns: ColumnDraft[] = []
  const names = new Set([...a, ...b].map(({ name }) => name))
  for (const name of names) {
    const left = a.find(column => column.name === name)?.type
    const right = b.find(column => column.name === name)?.type
    const both = left !== undefined && right !== undefined ? either(knownOf(left), knownOf(right)) : undefined
    const one = left ?? right
    if (left !== undefined && right !== undefined && both === undefined) return name
    if (both !== undefined) columns.push({ name, type: new ColumnType(both.type, { nullable: both.nullable }) })
    else if (one !== undefined) columns.push({ name, type: new ColumnType(one.type, { ...one.facts, nullable: true }) })
  }
  return columns
}

const knownOf = ({ type, nullable, facts }: ColumnType<unknown>): Known => ({
  type,
  nullable,
  readsAsNumber: facts.readsAsNumber === true,
})

const given = (type: DataType): Known => ({ type, nullable: false })

function infer(js: Js, scope: InferenceScope): Known | undefined {
  for (const { parameter, column } of scope.second === undefined ? [scope] : [scope, scope.second]) {
    const name = columnOf(js, parameter)
    const known = name === undefined ? undefined : column(name)
    if (name !== undefined) return known === undefined ? undefined : knownOf(known)
  }
  switch (js.is) {
    case 'number':
      return given(types.double)
    case 'bigint':
      return given(types.bigint)
    case 'string':
    case 'template':
      return given(types.string)
    case 'boolean':
      return given(types.boolean)
    case 'null':
    case 'undefined':
      return { type: types.null, nullable: true }
    case 'unary':
      return ofUnary(js.op, infer(js.of, scope))
    case 'binary':
      return ofBinary(js.op, infer(js.left, scope), infer(js.right, scope))
    case 'logical':
      return ofLogical(js.op, infer(js.left, scope), infer(js.right, scope))
    case 'conditional':
      return either(infer(js.then, scope), infer(js.otherwise, scope))
    case 'call':
      return ofCall(js.callee, scope)
    case 'member':
      return ofMember(js, scope)
    case 'name':
    case 'index':
    case 'object':
    case 'array':
    case 'other':
      return undefined
  }
}

function ofUnary(op: string, of: Known | undefined): Known | undefined {
  if (op === '!') return given(types.boolean)
  if (op === 'typeof') return given(types.string)
  if (op === '+') return given(types.double)
  return of === undefined ? undefined : arithmetic(of, of)
}

function ofBinary(op: string, left: Known | undefined, right: Known | undefined): Known | undefined {
  switch (op) {
    case '===':
    case '!==':
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return given(types.boolean)
    case '+':
      if (left?.type.is === 'string' || right?.type.is === 'string') return given(types.string)
      return left === undefined || right === undefined ? undefined : arithmetic(left, right)
    default: {
      // One known side is enough: a number and a bigint together throw.
      const one = left ?? right
      return one === undefined ? undefined : arithmetic(left ?? one, right ?? one)
    }
  }
}

/** Numbers give a number, two bigints a bigint; NULL counts as 0 in JavaScript. */
function arithmetic(left: Known, right: Known): Known | undefined {
  if (isBigint(left) && isBigint(right)) return given(types.bigint)
  return isNumber(left) && isNumber(right) ? given(types.double) : undefined
}

const isBigint = ({ type, readsAsNumber }: Known): boolean => type.is === 'bigint' && readsAsNumber !== true

function isNumber({ type, readsAsNumber }: Known): boolean {
  switch (type.is) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'real':
    case 'double':
    case 'null':
      return true
    case 'bigint':
      return readsAsNumber === true
    default:
      return false
  }
}

function ofLogical(op: '&&' | '||' | '??', left: Known | undefined, right: Known | undefined): Known | undefined {
  if (left === undefined || right === undefined) return undefined
  const both = either(left, right)
  if (both === undefined) return undefined
  // `a ?? b` and `a || b` give b where a is NULL; `a && b` gives a there.
  return { ...both, nullable: op === '&&' ? left.nullable || right.nullable : right.nullable }
}

function either(a: Known | undefined, b: Known | undefined): Known | undefined {
  if (a === undefined || b === undefined) return undefined
  const nullable = a.nullable || b.nullable
  if (a.type.is === 'null') return { ...b, nullable }
  if (b.type.is === 'null') return { ...a, nullable }
  if (a.type.is === b.type.is && (a.readsAsNumber ?? false) === (b.readsAsNumber ?? false) && isPlain(a.type))
    return { ...a, nullable }
  if (isNumber(a) && isNumber(b)) return { type: types.double, nullable }
  if (a.type.is === 'string' && b.type.is === 'string') return { type: types.string, nullable }
  return undefined
}

/** Types without parameters that two values of the name could differ in. */
const isPlain = (type: DataType): boolean =>
  !['decimal', 'string', 'bytes', 'time', 'timestamp', 'row', 'array', 'map'].includes(type.is)

const textMethods: ReadonlySet<string> = new Set(
  'toUpperCase toLowerCase trim trimStart trimEnd slice substring padStart padEnd repeat replace replaceAll concat toString toFixed normalize'.split(
    ' ',
  ),
)
const testMethods: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'includes'])

function ofCall(callee: Js, scope: InferenceScope): Known | undefined {
  if (callee.is === 'name') {
    switch (callee.name) {
      case 'Number':
      case 'parseInt':
      case 'parseFloat':
        return given(types.double)
      case 'BigInt':
        return given(types.bigint)
      case 'String':
        return given(types.string)
      case 'Boolean':
        return given(types.boolean)
      default:
        return undefined
    }
  }
  if (callee.is !== 'member' || callee.optional) return undefined
  if (callee.of.is === 'name' && callee.of.name === 'Math' && scope.column('Math') === undefined)
    return given(types.double)
  const of = infer(callee.of, scope)
  if (of?.type.is === 'string' && textMethods.has(callee.name)) return given(types.string)
  if (of?.type.is === 'string' && testMethods.has(callee.name)) return given(types.boolean)
  if (of !== undefined && isNumber(of) && (callee.name === 'toFixed' || callee.name === 'toString'))
    return given(types.string)
  if (of?.type.is === 'decimal' && callee.name === 'toNumber') return given(types.double)
  if (of?.type.is === 'decimal' && (callee.name === 'toString' || callee.name === 'toFixed')) return given(types.string)
  if (of?.type.is === 'timestamp' && callee.name === 'toISOString') return given(types.string)
  return of?.type.is === 'timestamp' && /^get/.test(callee.name) ? given(types.double) : undefined
}

/** A column of a nested row, the length of a text. */
function ofMember(js: Extract<Js, { is: 'member' }>, scope: InferenceScope): Known | undefined {
  if (js.of.is === 'name' && js.of.name === 'Math') return given(types.double)
  const of = infer(js.of, scope)
  if (of === undefined) return undefined
  if (of.type.is === 'string' && js.name === 'length') return given(types.double)
  if (of.type.is === 'array' && js.name === 'length')
    return { type: types.double, nullable: js.optional && of.nullable }
  if (of.type.is !== 'row') return undefined
  const field = of.type.fields.find(({ name }) => name === js.name)
  return field === undefined
    ? undefined
    : { type: field.type, nullable: field.nullable || (js.optional && of.nullable) }
}
