import { type Column, type Kind, kinds, kindsOf, literal, type Sql, typed } from './columns.ts'
import type { Draw } from './draw.ts'
import type { Rules } from './translate.ts'

/** An expression of a kind over columns that decide nothing by their last digits; it never fails. */
export function expression(draw: Draw, kind: Kind, columns: readonly Column[], depth = 2): Sql {
  const own = columns.filter(column => column.kind === kind && !column.near)
  if (depth === 0 || draw.sometimes(3)) {
    const text = own.length > 0 && !draw.sometimes(7) ? draw.oneOf(own).name : typed(draw, kind)
    return () => text
  }
  const sub = (of: Kind = kind): Sql => expression(draw, of, columns, depth - 1)
  const general = draw.integer(0, 5)
  if (general === 0) return joined('COALESCE(', sub(), ', ', sub(), ')')
  if (general === 1) return joined('CASE WHEN ', sub('boolean'), ' THEN ', sub(), ' ELSE ', sub(), ' END')
  if (general === 2) return joined('NULLIF(', sub(), ', ', sub(), ')')
  switch (kind) {
    case 'int':
    case 'bigint':
      return integer(draw, kind, sub)
    case 'decimal':
      return joined('(', sub(), draw.oneOf([' + ', ' - ']), sub(), ')')
    case 'double':
      return draw.sometimes(3)
        ? joined('CAST(', sub('int'), ' AS DOUBLE PRECISION)')
        : joined('(', sub(), draw.oneOf([' + ', ' - ']), sub(), ')')
    case 'string':
      return text(draw, sub)
    case 'boolean':
      return condition(draw, columns, depth)
    case 'timestamp':
      return joined('(', sub(), draw.oneOf([' + ', ' - ']), `INTERVAL '${draw.integer(1, 90)}' SECOND)`)
  }
}

function integer(draw: Draw, kind: 'int' | 'bigint', sub: (of?: Kind) => Sql): Sql {
  switch (draw.integer(0, 4)) {
    case 0:
      return joined('(', sub(), draw.oneOf([' + ', ' - ']), sub(), ')')
    case 1:
      return joined('(', sub(), ' * ', String(draw.integer(-3, 3)), ')')
    case 2: {
      const left = sub()
      const right = String(draw.integer(1, 7))
      return rules => rules.divide(left(rules), right)
    }
    case 3:
      return joined('(', sub(), ' % ', String(draw.integer(2, 7)), ')')
    default:
      return kind === 'bigint' ? joined('CAST(', sub('int'), ' AS BIGINT)') : joined('ABS(', sub(), ')')
  }
}

function text(draw: Draw, sub: (of?: Kind) => Sql): Sql {
  switch (draw.integer(0, 3)) {
    case 0:
      return joined(draw.oneOf(['UPPER(', 'LOWER(']), sub(), ')')
    case 1:
      return joined('(', sub(), ' || ', sub(), ')')
    case 2:
      return joined('SUBSTRING(', sub(), `, ${draw.integer(1, 3)}, ${draw.integer(0, 4)})`)
    default:
      return joined('CAST(', sub(draw.oneOf(['int', 'bigint', 'decimal'])), ' AS VARCHAR)')
  }
}

export function condition(draw: Draw, columns: readonly Column[], depth = 2): Sql {
  const present = kindsOf(columns)
  const kind = draw.oneOf(present.length > 0 ? present : kinds)
  const value = (): Sql => expression(draw, kind, columns, Math.max(0, depth - 1))
  const sub = (): Sql => condition(draw, columns, depth - 1)
  switch (draw.integer(0, depth > 0 ? 8 : 5)) {
    case 0:
      return joined('(', value(), draw.oneOf([' IS NULL', ' IS NOT NULL']), ')')
    case 1:
      return joined('(', value(), ' BETWEEN ', value(), ' AND ', value(), ')')
    case 2:
      return joined('(', value(), draw.oneOf([' IN (', ' NOT IN (']), `${typed(draw, kind)}, ${typed(draw, kind)}))`)
    case 3:
      return joined('(', value(), draw.oneOf([' IS DISTINCT FROM ', ' IS NOT DISTINCT FROM ']), value(), ')')
    case 4:
      return joined(
        '(',
        expression(draw, 'string', columns, 0),
        ` LIKE ${draw.oneOf(["'a%'", "'%b'", "'_'", "'%ü%'"])})`,
      )
    case 5:
      return joined('(', value(), draw.oneOf([' = ', ' <> ', ' < ', ' <= ', ' > ', ' >= ']), value(), ')')
    case 6:
      return joined('(NOT ', sub(), ')')
    default:
      return joined('(', sub(), draw.oneOf([' AND ', ' OR ']), sub(), ')')
  }
}

/** `column <= literal`: cuts a table in two. */
export const cut = (draw: Draw, column: Column): Sql => joined(`${column.name} <= ${literal(draw, column.kind)}`)

/** Parts one behind the other. */
export const joined =
  (...parts: readonly (string | Sql)[]): Sql =>
  (rules: Rules) =>
    parts.map(part => (typeof part === 'string' ? part : part(rules))).join('')
