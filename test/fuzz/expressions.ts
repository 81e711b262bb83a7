import { type Column, type Kind, kinds, kindsOf, literal, type Sql, typed } from './columns.ts'
import type { Draw } from './tape.ts'
import type { Rules } from './translate.ts'

/** An expression of a kind over columns that decide nothing by their last digits; it never fails. */
export const expression = (draw: Draw, kind: Kind, columns: readonly Column[], depth = 2): Sql =>
  draw.span(() => drawExpression(draw, kind, columns, depth))

function drawExpression(draw: Draw, kind: Kind, columns: readonly Column[], depth: number): Sql {
  const own = columns.filter(column => column.kind === kind && !column.near)
  if (depth === 0 || draw.integer(0, 2) === 0) {
    const text = own.length > 0 && !draw.sometimes(7) ? draw.oneOf(own).name : typed(draw, kind)
    return () => text
  }
  const sub = (of: Kind = kind): Sql => expression(draw, of, columns, depth - 1)
  switch (draw.integer(0, 9)) {
    case 0:
      return joined('COALESCE(', sub(), ', ', sub(), ')')
    case 1:
      return joined('CASE WHEN ', sub('boolean'), ' THEN ', sub(), ' ELSE ', sub(), ' END')
    case 2:
      return joined('NULLIF(', sub(), ', ', sub(), ')')
    case 3: {
      const of = draw.oneOf(kindsOf(columns).length > 0 ? kindsOf(columns) : kinds)
      return joined(
        'CASE ',
        sub(of),
        ' WHEN ',
        typed(draw, of),
        ' THEN ',
        sub(),
        ' WHEN ',
        sub(of),
        ' THEN ',
        sub(),
        ' END',
      )
    }
    case 4:
      if (kind !== 'boolean') return joined(draw.oneOf(['GREATEST(', 'LEAST(']), sub(), ', ', sub(), ')')
  }
  switch (kind) {
    case 'int':
    case 'bigint':
      return integer(draw, kind, sub)
    case 'decimal':
      return decimal(draw, sub)
    case 'double':
      return double(draw, sub)
    case 'string':
      return text(draw, sub)
    case 'boolean':
      return condition(draw, columns, depth)
    case 'timestamp':
      return draw.sometimes(3)
        ? joined(`DATE_TRUNC('${draw.oneOf(['minute', 'hour', 'day', 'month', 'second'])}', `, sub(), ')')
        : joined('(', sub(), draw.oneOf([' + ', ' - ']), `INTERVAL '${draw.integer(1, 90)}' SECOND)`)
    case 'date':
      return draw.sometimes(2)
        ? joined('CAST(', sub('timestamp'), ' AS DATE)')
        : joined('(', sub(), draw.oneOf([' + ', ' - ']), `${draw.integer(0, 40)})`)
  }
}

function integer(draw: Draw, kind: 'int' | 'bigint', sub: (of?: Kind) => Sql): Sql {
  switch (draw.integer(0, 11)) {
    case 7:
      return whole(kind, joined('(', sub('date'), ' - ', sub('date'), ')'))
    case 8:
      return joined('CAST(', sub(draw.oneOf(['decimal', 'double'])), kind === 'int' ? ' AS INT)' : ' AS BIGINT)')
    case 9:
      return joined('(', sub(), draw.oneOf([' & ', ' | ']), sub(), ')')
    case 10:
      return joined('GCD(', sub(), ', ', sub(), ')')
    case 0:
      return joined('(', sub(), draw.oneOf([' + ', ' - ']), sub(), ')')
    case 1:
      return joined('(', sub(), ' * ', literal(draw, 'bigint').length > 3 ? '-2' : '3', ')')
    case 2: {
      const left = sub()
      const right = String(draw.integer(1, 7))
      return rules => rules.divide(left(rules), right)
    }
    case 3:
      return joined('(', sub(), ' % ', String(draw.integer(2, 7)), ')')
    case 4:
      return joined('ABS(', sub(), ')')
    case 5:
      return whole(kind, joined(draw.oneOf(['LENGTH(', "POSITION('a' IN "]), sub('string'), ')'))
    case 6:
      return whole(kind, extract(draw, draw.oneOf(['timestamp', 'date']), sub))
    default:
      return kind === 'bigint' ? joined('CAST(', sub('int'), ' AS BIGINT)') : joined('SIGN(', sub(), ')')
  }
}

/** What the engines give different integer types. */
const whole = (kind: 'int' | 'bigint', value: Sql): Sql =>
  joined('CAST(', value, kind === 'int' ? ' AS INT)' : ' AS BIGINT)')

function extract(draw: Draw, kind: 'timestamp' | 'date', sub: (of: Kind) => Sql): Sql {
  const days = ['DAY', 'MONTH', 'YEAR', 'DOW', 'DOY', 'QUARTER', 'WEEK']
  const field = draw.oneOf(kind === 'date' ? days : [...days, 'HOUR', 'MINUTE'])
  return joined(`EXTRACT(${field} FROM `, sub(kind), ')')
}

function decimal(draw: Draw, sub: (of?: Kind) => Sql): Sql {
  switch (draw.integer(0, 4)) {
    case 0:
    case 1:
      return joined('(', sub(), draw.oneOf([' + ', ' - ']), sub(), ')')
    case 2:
      return joined('CAST(', sub('int'), ' AS DECIMAL(12, 2))')
    case 3:
      return joined('ROUND(', sub(), `, ${draw.integer(0, 1)})`)
    default:
      return joined('ABS(', sub(), ')')
  }
}

function double(draw: Draw, sub: (of?: Kind) => Sql): Sql {
  switch (draw.integer(0, 4)) {
    case 0:
    case 1:
      return joined('(', sub(), draw.oneOf([' + ', ' - ']), sub(), ')')
    case 2:
      return joined('CAST(', sub('int'), ' AS DOUBLE PRECISION)')
    case 3:
      return joined(draw.oneOf(['FLOOR(', 'CEIL(', 'ABS(']), sub(), ')')
    default:
      return joined('(', sub(), draw.oneOf([' * 0.5', ' / 4.0']), ')')
  }
}

function text(draw: Draw, sub: (of?: Kind) => Sql): Sql {
  switch (draw.integer(0, 12)) {
    case 9:
      return joined('SPLIT_PART(', sub(), `, '${draw.oneOf(['a', ' ', 'b'])}', ${draw.integer(1, 3)})`)
    case 10:
      return joined(draw.oneOf(['LTRIM(', 'RTRIM(', 'TRIM(']), sub(), ", 'ab ')")
    case 11:
      return joined("CONCAT_WS('-', ", sub(), ', ', sub(), ')')
    case 12:
      return joined(draw.oneOf(['TRANSLATE(']), sub(), ", 'abZ', 'xy')")
    case 0:
      return joined(draw.oneOf(['UPPER(', 'LOWER(', 'TRIM(', 'REVERSE(']), sub(), ')')
    case 1:
      return joined('(', sub(), ' || ', sub(), ')')
    case 2:
      return joined('SUBSTRING(', sub(), `, ${draw.integer(1, 3)}, ${draw.integer(0, 4)})`)
    case 3:
      return joined(draw.oneOf(['LEFT(', 'RIGHT(']), sub(), `, ${draw.integer(0, 3)})`)
    case 4:
      return joined('REPLACE(', sub(), `, '${draw.oneOf(['a', 'b', 'ab'])}', `, sub(), ')')
    case 5:
      return joined(draw.oneOf(['LPAD(', 'RPAD(']), sub(), `, ${draw.integer(0, 14)}, 'xy')`)
    case 6:
      return joined('CONCAT(', sub(), ', ', sub(), ')')
    case 7:
      return joined('CAST(', sub(draw.oneOf(['boolean', 'date'])), ' AS VARCHAR)')
    default:
      return joined('CAST(', sub(draw.oneOf(['int', 'bigint', 'decimal'])), ' AS VARCHAR)')
  }
}

export const condition = (draw: Draw, columns: readonly Column[], depth = 2): Sql =>
  draw.span(() => drawCondition(draw, columns, depth))

function drawCondition(draw: Draw, columns: readonly Column[], depth: number): Sql {
  const present = kindsOf(columns)
  const kind = draw.oneOf(present.length > 0 ? present : kinds)
  const value = (): Sql => expression(draw, kind, columns, Math.max(0, depth - 1))
  const sub = (): Sql => condition(draw, columns, depth - 1)
  switch (draw.integer(0, depth > 0 ? 11 : 6)) {
    case 7:
      return joined(
        '((',
        expression(draw, 'timestamp', columns, 1),
        ' - ',
        expression(draw, 'timestamp', columns, 0),
        `) < INTERVAL '${draw.integer(0, 20)}' SECOND)`,
      )
    case 8:
      return joined(
        draw.oneOf(['STARTS_WITH(', 'CONTAINS(']),
        expression(draw, 'string', columns, 1),
        ', ',
        expression(draw, 'string', columns, 0),
        ')',
      )
    case 0:
      return joined('(', value(), draw.oneOf([' = ', ' <> ', ' < ', ' <= ', ' > ', ' >= ']), value(), ')')
    case 1:
      return joined('(', value(), draw.oneOf([' IS NULL', ' IS NOT NULL']), ')')
    case 2:
      return joined('(', value(), ' BETWEEN ', value(), ' AND ', value(), ')')
    case 3:
      return joined('(', value(), draw.oneOf([' IN (', ' NOT IN (']), `${typed(draw, kind)}, ${typed(draw, kind)}))`)
    case 4:
      return joined('(', value(), draw.oneOf([' IS DISTINCT FROM ', ' IS NOT DISTINCT FROM ']), value(), ')')
    case 5:
      return joined(
        '(',
        expression(draw, 'string', columns, 0),
        draw.oneOf([' LIKE ', ' NOT LIKE ']),
        `${draw.oneOf(["'a%'", "'%b'", "'_'", "'%ü%'"])})`,
      )
    case 6:
      return joined(
        '(',
        expression(draw, 'boolean', columns, 0),
        draw.oneOf([' IS TRUE)', ' IS NOT FALSE)', ' IS NULL)']),
      )
    case 9:
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

/** Parts with a comma between them. */
export const listed = (parts: readonly (string | Sql)[]): Sql =>
  joined(...parts.flatMap((part, at) => (at > 0 ? [', ', part] : [part])))
