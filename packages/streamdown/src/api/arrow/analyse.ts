import { type ParsedArrow, parseArrow } from './parse.ts'
import type { Js, Parameter } from './syntax.ts'

/** What an arrow's source tells of it. */
export interface ArrowFacts {
  readonly source: string
  /** The body as an expression, if it is one that is understood. */
  readonly body: Js | undefined
  readonly parameters: readonly (Parameter | undefined)[]
  /** Columns that the parameter with the row is asked for; undefined: it may look at all of them. */
  readonly reads: readonly string[] | undefined
  /** Names that the arrow takes from around it. */
  readonly outside: readonly string[]
}

/** By arrow, then by which parameter is the row. */
const known = new WeakMap<object, Map<number, ArrowFacts>>()

/** Reads an arrow's source, once. `row` is which parameter is the row: 0, for `fold` 1. */
export function factsOf(arrow: (...args: never[]) => unknown, row = 0): ArrowFacts {
  const ofArrow = known.get(arrow) ?? new Map<number, ArrowFacts>()
  known.set(arrow, ofArrow)
  const before = ofArrow.get(row)
  if (before !== undefined) return before
  const facts = readFacts(arrow, row)
  ofArrow.set(row, facts)
  return facts
}

function readFacts(arrow: (...args: never[]) => unknown, row: number): ArrowFacts {
  const source = Function.prototype.toString.call(arrow)
  const parsed = parseArrow(source)
  if (parsed === undefined) return { source, body: undefined, parameters: [], reads: undefined, outside: [] }
  return {
    source,
    body: parsed.body,
    parameters: parsed.parameters,
    reads: columnsRead(parsed, parsed.parameters[row], parsed.parameters.length > row),
    outside: outsideNames(parsed),
  }
}

/** The row is used as `row.name` only, or taken apart by a closed destructuring; else it may be read as a whole. */
function columnsRead(
  { tokens, bodyAt }: ParsedArrow,
  parameter: Parameter | undefined,
  given: boolean,
): readonly string[] | undefined {
  if (parameter === undefined) return given ? undefined : []
  if (tokens.some(token => token.is === 'name' && (token.text === 'eval' || token.text === 'arguments')))
    return undefined
  if (parameter.is === 'columns') return [...new Set(parameter.columns.values())]
  const reads = new Set<string>()
  for (let at = bodyAt; at < tokens.length; at++) {
    const token = tokens[at]
    if (token?.is !== 'name' || token.text !== parameter.name) continue
    const before = tokens[at - 1]
    if (before?.is === 'sign' && (before.text === '.' || before.text === '?.')) continue
    const after = tokens[at + 1]
    if (
      after?.is === 'sign' &&
      after.text === ':' &&
      before?.is === 'sign' &&
      (before.text === '{' || before.text === ',')
    )
      continue
    const column = tokens[at + 2]
    const dotted = after?.is === 'sign' && (after.text === '.' || after.text === '?.')
    const assigned = tokens[at + 3]
    const isWritten =
      assigned?.is === 'sign' && /^(?:=|\+\+|--|[^=!<>]+=)$/.test(assigned.text) && assigned.text !== '=>'
    if (!dotted || column?.is !== 'name' || isWritten) return undefined
    reads.add(column.text)
  }
  return [...reads]
}

const builtIn: ReadonlySet<string> = new Set([
  'Number',
  'BigInt',
  'String',
  'Boolean',
  'Math',
  'undefined',
  'NaN',
  'Infinity',
])

/** Free names of a body that is understood, and of one that is not, as far as tokens tell. */
function outsideNames({ body, tokens, bodyAt, parameters }: ParsedArrow): readonly string[] {
  const own = new Set<string>(
    parameters.flatMap(one => (one === undefined ? [] : one.is === 'row' ? [one.name] : [...one.columns.keys()])),
  )
  const found = new Set<string>()
  if (body !== undefined) collectNames(body, found)
  else collectTokens(tokens.slice(bodyAt), found)
  return [...found].filter(name => !own.has(name) && !builtIn.has(name))
}

const words: ReadonlySet<string> = new Set(
  'return const let var if else for of in while do switch case default break continue new typeof void delete function class this true false null try catch finally throw async await yield instanceof'.split(
    ' ',
  ),
)

function collectTokens(tokens: ParsedArrow['tokens'], into: Set<string>): void {
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1]
    const after = tokens[at + 1]
    if (token.is !== 'name' || words.has(token.text)) continue
    if (before?.is === 'sign' && (before.text === '.' || before.text === '?.')) continue
    if (before?.is === 'name' && (before.text === 'const' || before.text === 'let' || before.text === 'var')) continue
    if (after?.is === 'sign' && after.text === ':' && before?.text !== '?') continue
    into.add(token.text)
  }
}

function collectNames(js: Js, into: Set<string>): void {
  switch (js.is) {
    case 'name':
      into.add(js.name)
      return
    case 'member':
      collectNames(js.of, into)
      return
    case 'index':
      collectNames(js.of, into)
      collectNames(js.index, into)
      return
    case 'call':
      collectNames(js.callee, into)
      for (const arg of js.args) collectNames(arg, into)
      return
    case 'unary':
      collectNames(js.of, into)
      return
    case 'binary':
    case 'logical':
      collectNames(js.left, into)
      collectNames(js.right, into)
      return
    case 'conditional':
      collectNames(js.test, into)
      collectNames(js.then, into)
      collectNames(js.otherwise, into)
      return
    case 'template':
      for (const part of js.parts) collectNames(part, into)
      return
    case 'object':
      for (const property of js.properties) collectNames(property.is === 'spread' ? property.of : property.value, into)
      return
    case 'array':
      for (const element of js.elements) collectNames(element, into)
      return
    case 'number':
    case 'bigint':
    case 'string':
    case 'boolean':
    case 'null':
    case 'undefined':
    case 'other':
  }
}

/** The column that an expression is, if it is one: `o.total`, or a name from a destructuring. */
export function columnOf(js: Js, parameter: Parameter | undefined): string | undefined {
  if (parameter === undefined) return undefined
  if (parameter.is === 'columns') return js.is === 'name' ? parameter.columns.get(js.name) : undefined
  return js.is === 'member' && js.of.is === 'name' && js.of.name === parameter.name && !js.optional
    ? js.name
    : undefined
}
