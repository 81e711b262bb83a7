import type { Draw } from './draw.ts'
import type { Mapped, Pattern, Query, Row, Sight, Skip, Term, Value } from './match-naive.ts'

/** Random queries with MATCH_RECOGNIZE, as SQL text and as functions. */

const names = ['A', 'B', 'C'] as const

export function drawQuery(draw: Draw): Query {
  const subset = draw.sometimes(2) ? ['A', 'B'] : ['B', 'C']
  const anchored = draw.sometimes(8)
  const body = drawPattern(draw, 3)
  const pattern: Pattern = anchored
    ? {
        is: 'sequence',
        items: draw.sometimes(2) ? [{ is: 'anchor', place: '^' }, body] : [body, { is: 'anchor', place: '$' }],
      }
    : body
  const defines = new Map<string, Term>()
  for (const name of names) if (!draw.sometimes(4) && uses(pattern, name)) defines.set(name, drawCondition(draw, name))
  const used = names.filter(name => uses(pattern, name))
  const members = subset.filter(name => used.some(other => other === name))
  const shown = draw.oneOf(['one', 'one', 'all', 'omit empty', 'unmatched'] as const)
  return {
    pattern,
    defines,
    subset: members,
    skip: drawSkip(draw, used),
    shown,
    within: draw.sometimes(3) ? draw.integer(1, 6) : undefined,
    measures: drawMeasures(draw, used, members),
  }
}

function drawSkip(draw: Draw, used: readonly string[]): Skip {
  const to = draw.oneOf(['past last', 'past last', 'next', 'first', 'last'] as const)
  return to === 'past last' || to === 'next' ? { to } : { to, variable: draw.oneOf(used) }
}

function uses(pattern: Pattern, name: string): boolean {
  switch (pattern.is) {
    case 'variable':
      return pattern.name === name
    case 'anchor':
      return false
    case 'exclusion':
    case 'repeat':
      return uses(pattern.item, name)
    default:
      return pattern.items.some(item => uses(item, name))
  }
}

function drawPattern(draw: Draw, depth: number): Pattern {
  const variable = (): Pattern => ({ is: 'variable', name: draw.oneOf(names) })
  if (depth === 0) return variable()
  const inner = () => drawPattern(draw, depth - 1)
  switch (draw.integer(0, 9)) {
    case 0:
    case 1:
    case 2:
      return { is: 'sequence', items: Array.from({ length: draw.integer(2, 3) }, inner) }
    case 3:
    case 4:
      return { is: 'alternation', items: [inner(), inner()] }
    case 5:
    case 6:
    case 7: {
      const min = draw.integer(0, 2)
      const max = draw.sometimes(2) ? Number.POSITIVE_INFINITY : Math.max(1, min + draw.integer(0, 2))
      return { is: 'repeat', item: inner(), min, max, greedy: !draw.sometimes(3) }
    }
    case 8:
      return draw.sometimes(2)
        ? { is: 'permute', items: [variable(), variable(), variable()] }
        : { is: 'exclusion', item: inner() }
    default:
      return variable()
  }
}

const isOf = ({ variable }: Mapped, of: readonly string[] | undefined): boolean =>
  of === undefined || of.includes(variable)

/** FIRST or LAST of x by variables (undefined: all), then PREV or NEXT. */
function place(
  column: 'x' | 'id',
  of: { readonly name: string; readonly members: readonly string[] } | undefined,
  from: 'FIRST' | 'LAST',
  offset: number,
  shift: number,
  semantics: '' | 'FINAL ' | 'RUNNING ' = '',
): Term {
  const text = `${semantics}${from}(${of === undefined ? '' : `${of.name}.`}${column}, ${offset})`
  return {
    sql: shift === 0 ? text : `${shift < 0 ? 'PREV' : 'NEXT'}(${text}, ${Math.abs(shift)})`,
    value: ({ rows, upTo, whole }) => {
      const mapped = (semantics === 'FINAL ' ? whole : upTo).filter(one => isOf(one, of?.members))
      const target = from === 'FIRST' ? mapped[offset] : mapped[mapped.length - 1 - offset]
      return target === undefined ? null : (rows[target.at + shift]?.[column] ?? null)
    },
  }
}

type Of = { readonly name: string; readonly members: readonly string[] } | undefined

function total(name: 'SUM' | 'COUNT' | 'MIN' | 'MAX', of: Of, semantics: '' | 'FINAL ' = ''): Term {
  return {
    sql: `${semantics}${name}(${of === undefined ? '' : `${of.name}.`}x)`,
    value: ({ rows, upTo, whole, number }) => {
      if (number === null) return null
      const values = (semantics === 'FINAL ' ? whole : upTo)
        .filter(one => isOf(one, of?.members))
        .flatMap(({ at }) => rows[at]?.x ?? [])
      if (name === 'COUNT') return values.length
      if (values.length === 0) return null
      if (name === 'SUM') return values.reduce((a, b) => a + b, 0)
      return name === 'MIN' ? Math.min(...values) : Math.max(...values)
    },
  }
}

const own: Term = { sql: 'x', value: ({ rows, at }) => rows[at]?.x ?? null }
const constant = (value: number): Term => ({ sql: String(value), value: () => value })

function compare(left: Term, op: '<' | '>' | '<=' | '>=' | '<>' | '=', right: Term): Term {
  return {
    sql: `${left.sql} ${op} ${right.sql}`,
    value: sight => {
      const [a, b] = [left.value(sight), right.value(sight)]
      if (a === null || b === null) return null
      switch (op) {
        case '<':
          return a < b
        case '>':
          return a > b
        case '<=':
          return a <= b
        case '>=':
          return a >= b
        case '<>':
          return a !== b
        case '=':
          return a === b
      }
    },
  }
}

const either = (a: Term, b: Term): Term => ({
  sql: `(${a.sql} OR ${b.sql})`,
  value: sight => {
    const [x, y] = [a.value(sight), b.value(sight)]
    return x === true || y === true ? true : x === null || y === null ? null : false
  },
})

const isNull = (a: Term): Term => ({ sql: `${a.sql} IS NULL`, value: sight => a.value(sight) === null })

function drawOf(draw: Draw): Of {
  if (draw.sometimes(3)) return undefined
  const name = draw.oneOf(names)
  return { name, members: [name] }
}

function drawCondition(draw: Draw, name: string): Term {
  const op = () => draw.oneOf(['<', '>', '<=', '>=', '<>', '='] as const)
  const self = { name, members: [name] }
  switch (draw.integer(0, 9)) {
    case 0:
    case 1:
      return compare(own, op(), constant(draw.integer(0, 4)))
    case 2:
      return compare({ ...own, sql: `${name}.x` }, op(), place('x', undefined, 'LAST', 0, draw.oneOf([-2, -1])))
    case 3:
      return compare(own, op(), place('x', undefined, 'LAST', 0, draw.oneOf([1, 2])))
    case 4: {
      const before = place('x', self, 'LAST', 1, 0)
      return either(compare(own, op(), before), isNull(before))
    }
    case 5:
      return compare(
        own,
        op(),
        place('x', self, draw.oneOf(['FIRST', 'LAST']), draw.integer(0, 2), draw.integer(-1, 1)),
      )
    case 6:
      return compare(total('SUM', self), op(), constant(draw.integer(1, 8)))
    case 7:
      return compare(total(draw.oneOf(['COUNT', 'MIN', 'MAX']), undefined), op(), constant(draw.integer(1, 4)))
    case 8:
      return either(compare(own, op(), place('x', undefined, 'FIRST', 0, 0)), compare(own, '=', constant(2)))
    default:
      return compare(
        { sql: '10 * x - 3', value: sight => arithmetic(own.value(sight)) },
        op(),
        constant(draw.integer(0, 30)),
      )
  }
}

const arithmetic = (x: Value): Value => (typeof x === 'number' ? 10 * x - 3 : null)

/** Definitions name variables of the pattern only; measures too. */
function drawMeasures(draw: Draw, used: readonly string[], members: readonly string[]): readonly Term[] {
  const of = (): Of => {
    if (members.length > 0 && draw.sometimes(4)) return { name: 'U', members }
    const drawn = drawOf(draw)
    return drawn !== undefined && used.includes(drawn.name) ? drawn : undefined
  }
  const semantics = () => draw.oneOf(['', 'FINAL ', 'RUNNING '] as const)
  return [
    { sql: 'MATCH_NUMBER()', value: ({ number }: Sight) => number },
    place('id', undefined, 'FIRST', 0, 0, semantics()),
    place('id', undefined, 'LAST', 0, 0),
    { sql: 'CLASSIFIER()', value: ({ upTo }: Sight) => upTo.at(-1)?.variable ?? null },
    place('x', of(), draw.oneOf(['FIRST', 'LAST']), draw.integer(0, 2), draw.integer(-1, 1), semantics()),
    total(draw.oneOf(['SUM', 'COUNT', 'MIN', 'MAX']), of(), draw.oneOf(['', 'FINAL '])),
    { sql: 'COUNT(*)', value: ({ upTo, number }: Sight) => (number === null ? null : upTo.length) },
  ]
}

/** Rows of one partition in their order. */
export function drawRows(draw: Draw, count: number, firstId: number): readonly Row[] {
  let time = 0
  return Array.from({ length: count }, (_, i) => {
    time += draw.integer(0, 2)
    return { id: firstId + i, x: draw.sometimes(10) ? null : draw.integer(0, 4), time }
  })
}
