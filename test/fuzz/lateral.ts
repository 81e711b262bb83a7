import type { Column, Sql, Table } from './columns.ts'
import { condition, expression, joined, listed } from './expressions.ts'
import { anyKind, type Source } from './queries.ts'
import { correlation, inner } from './subqueries.ts'
import type { Draw } from './tape.ts'

/** A table, and for each of its rows those of a query that sees it: some of another table, what they come to, or elements. */
export function lateral(draw: Draw, outer: Source, table: Table): Source {
  const { sql, columns, unique } = draw.sometimes(5) ? elements(draw, outer) : query(draw, outer, inner(table))
  const all = [...outer.columns, ...columns]
  const on = draw.sometimes(3) ? condition(draw, all, 1) : joined('TRUE')
  const joins = draw.oneOf([' CROSS JOIN ', ' JOIN ', ' LEFT JOIN '])
  return {
    sql: joined(
      `(SELECT ${all.map(({ name }) => name).join(', ')} FROM `,
      outer.sql,
      joins,
      sql,
      ...(joins === ' CROSS JOIN ' ? [] : [' ON ', on]),
      ') AS q',
    ),
    columns: all,
    unique: outer.unique === undefined || unique === undefined ? undefined : [...outer.unique, ...unique],
  }
}

/** The elements of an array that is made of the row. */
function elements(draw: Draw, outer: Source): Source {
  const kind = anyKind(draw, outer.columns)
  const list = listed(draw.list(1, 3, 1, () => expression(draw, kind, outer.columns, 1)))
  return {
    sql: rules => rules.elements(list(rules), 'x', 'x0'),
    columns: [{ name: 'x0', kind, near: false }],
    unique: undefined,
  }
}

function query(draw: Draw, outer: Source, inside: Source): Source {
  const { sql, columns, unique, names = '' } = drawn(draw, outer, inside)
  return { sql: joined('LATERAL (', sql, `) AS x${names}`), columns, unique }
}

function drawn(draw: Draw, outer: Source, inside: Source): Source & { readonly names?: string } {
  const rows = joined(' FROM ', inside.sql, correlation(draw, outer.columns, inside))
  const kind = anyKind(draw, inside.columns)
  const value = expression(draw, kind, inside.columns, 1)
  const x0: Column = { name: 'x0', kind, near: false }
  const { unique } = inside
  switch (draw.integer(0, 5)) {
    case 3:
      return grouped(draw, inside, rows)
    case 4: {
      // From a number of the row around it counts up to a limit.
      const start = expression(draw, 'int', outer.columns, 1)
      const step = `SELECT n + 1 FROM r WHERE n BETWEEN -4 AND ${draw.integer(-2, 4)}`
      return {
        sql: joined('WITH RECURSIVE r(n) AS (SELECT ', start, ` UNION ${step}) SELECT n AS x0 FROM r`),
        columns: [{ ...x0, kind: 'int' }],
        unique: undefined,
      }
    }
    case 0:
      return unique === undefined
        ? { sql: joined('SELECT ', value, ' AS x0', rows), columns: [x0], unique: undefined }
        : {
            sql: joined('SELECT ', value, ' AS x0, i0 AS x1', rows, firstOf(draw, unique)),
            columns: [x0, key],
            unique: ['x1'],
          }
    case 1: {
      const count: Column = { name: 'x1', kind: 'bigint', near: false }
      const most: readonly Column[] = kind === 'boolean' ? [] : [x0]
      const list = [...(kind === 'boolean' ? [] : [joined('MAX(', value, ') AS x0, ')]), 'COUNT(*) AS x1']
      const having = draw.sometimes(3) ? ` HAVING COUNT(*) ${draw.oneOf(['<', '>=', '<>'])} ${draw.integer(0, 3)}` : ''
      return { sql: joined('SELECT ', ...list, rows, having), columns: [...most, count], unique: [] }
    }
    default: {
      const of = anyKind(draw, outer.columns)
      const each = (): Sql => joined('(', expression(draw, of, outer.columns, 1), ')')
      return {
        sql: joined('VALUES ', each(), ', ', each()),
        names: '(x0)',
        columns: [{ ...x0, kind: of }],
        unique: undefined,
      }
    }
  }
}

/** Groups by sets of columns, the empty one among them: it has its row where there are no rows. */
function grouped(draw: Draw, inside: Source, rows: Sql): Source {
  const free = inside.columns.filter(({ near }) => !near)
  const keys = [...new Set(draw.list(1, 2, 1, () => draw.oneOf(free)))]
  const names = keys.map(({ name }) => name).join(', ')
  const sets = draw.oneOf([`ROLLUP (${names})`, `CUBE (${names})`, `GROUPING SETS ((${names}), ())`])
  const count: Column = { name: 'x2', kind: 'bigint', near: false }
  return {
    sql: joined(
      `SELECT ${keys.map(({ name }, at) => `${name} AS x${at}`).join(', ')}, COUNT(*) AS x2`,
      rows,
      ` GROUP BY ${sets}`,
    ),
    columns: [...keys.map((column, at) => ({ ...column, name: `x${at}` })), count],
    unique: undefined,
  }
}

const key: Column = { name: 'x1', kind: 'int', near: false }

function firstOf(draw: Draw, unique: readonly string[]): Sql {
  if (draw.sometimes(2)) return joined('')
  const descending = draw.sometimes(2)
  const limit = draw.integer(1, 3)
  return rules => ` ORDER BY ${unique.map(name => rules.order(name, descending)).join(', ')} LIMIT ${limit}`
}
