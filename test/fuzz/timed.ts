import { aggregation } from './aggregates.ts'
import type { Column, Table } from './columns.ts'
import { joined } from './expressions.ts'
import { joinOn } from './joins.ts'
import { asSource, from, projection, type Query, type Source, windowed } from './queries.ts'
import { top } from './ranks.ts'
import type { Draw } from './tape.ts'
import { overTime } from './windows.ts'

type Pair = readonly [Table, Table]

/** Programs over event time: aggregates, tops and joins of windows, joins within a time, and what can be made of them. */
export function drawTimedQuery(draw: Draw, tables: Pair): Query {
  if (draw.sometimes(5)) return overTime(draw, from(tables[0]))
  return ofWindows(draw, drawTimedSource(draw, tables))
}

/**
 * Aggregates and tops of windows over one table: what is late for them is said by the windows' ends alone. A top over
 * rows that may change is kept up to date instead, and no row is late for it.
 */
export function drawLateQuery(draw: Draw, tables: Pair, rows: 'append only' | 'any'): Query {
  const query = (): Query => {
    const source = drawWindows(draw, draw.oneOf(tables))
    return rows === 'append only' ? ofWindows(draw, source) : aggregation(draw, source, [])
  }
  const one = query()
  return draw.sometimes(8) ? sideBySide(one, query()) : one
}

function ofWindows(draw: Draw, source: Source): Query {
  const query = draw.sometimes(4) ? (top(draw, source) ?? aggregation(draw, source, [])) : aggregation(draw, source, [])
  return draw.sometimes(3) ? projection(draw, asSource({ ...query, unique: undefined }, 'closed'), []) : query
}

/** How many rows two queries have, so that both stand in one plan. */
const sideBySide = (a: Query, b: Query): Query => ({
  sql: joined(
    'SELECT 1 AS which, COUNT(*) AS n FROM (',
    a.sql,
    ') AS a UNION ALL SELECT 2, COUNT(*) FROM (',
    b.sql,
    ') AS b',
  ),
  columns: ['which', 'n'].map((name): Column => ({ name, kind: 'bigint', near: false })),
  unique: undefined,
})

const drawWindows = (draw: Draw, table: Table): Source => windowed(table, draw.oneOf([5, 1, 10]), draw.oneOf([1, 2, 3]))

function drawTimedSource(draw: Draw, tables: Pair): Source {
  switch (draw.integer(0, 6)) {
    case 4:
      return windowJoin(draw, tables)
    case 5:
      return intervalJoin(draw, tables)
    case 6:
      return winnersJoin(draw, tables[0])
    default:
      return drawWindows(draw, tables[0])
  }
}

/** A join of the same windows of two tables, whose rows have the bounds of their window. */
function windowJoin(draw: Draw, [left, right]: Pair): Source {
  const slide = draw.oneOf([5, 10])
  const times = draw.oneOf([1, 2])
  const same = 'l.window_start = r.window_start AND l.window_end = r.window_end AND l.k = r.k'
  return joinOn(draw, windowed(left, slide, times), windowed(right, slide, times), 'JOIN', same)
}

/** Rows of two tables whose times are near each other: state ends with the watermark. */
function intervalJoin(draw: Draw, [left, right]: Pair): Source {
  const before = draw.integer(0, 10)
  const behind = draw.integer(0, 10)
  const near = draw.oneOf([
    `l.ts BETWEEN r.ts - INTERVAL '${before}' SECOND AND r.ts + INTERVAL '${behind}' SECOND`,
    `r.ts >= l.ts - INTERVAL '${before}' SECOND AND r.ts < l.ts + INTERVAL '${behind}' SECOND`,
  ])
  return joinOn(draw, from(left), from(right), draw.oneOf(['JOIN', 'JOIN', 'LEFT JOIN']), `l.k = r.k AND ${near}`)
}

/** Rows that have what is most in their window, as auctions their highest bid: the join's state ends with the window. */
function winnersJoin(draw: Draw, table: Table): Source {
  const size = draw.oneOf([5, 10])
  const source = windowed(table, size, 1)
  const bounds = ['window_start', 'window_end'].map((name): Column => ({ name, kind: 'timestamp', near: false }))
  const most: Source = {
    sql: joined(
      `(SELECT window_start, window_end, ${draw.oneOf(['MAX', 'MIN'])}(k) AS k FROM `,
      source.sql,
      ' GROUP BY window_start, window_end) AS most',
    ),
    columns: [...bounds, { name: 'k', kind: 'int', near: false }],
    unique: ['window_start', 'window_end'],
  }
  const within = draw.oneOf([
    `l.ts BETWEEN r.window_end - INTERVAL '${size}' SECOND AND r.window_end`,
    'l.ts >= r.window_start AND l.ts < r.window_end',
  ])
  return joinOn(draw, from(table), most, 'JOIN', `l.k = r.k AND ${within}`)
}
