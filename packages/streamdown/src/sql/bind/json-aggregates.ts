/** JSON_ARRAYAGG and JSON_OBJECTAGG with their clauses. */

import { literal } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { types } from '../../types/data-type.ts'
import type { Call } from '../parse/ast.ts'
import { callFunction } from './calls.ts'
import { castTo } from './cast.ts'
import type { BindContext } from './context.ts'
import { callName } from './syntax.ts'
import { bindType } from './types.ts'

/** What they give over no rows in Flink. */
const emptyText: ReadonlyMap<string, string> = new Map([
  ['JSON_ARRAYAGG', '[]'],
  ['JSON_OBJECTAGG', '{}'],
])

/** The aggregate that the call means: JSON_ARRAYAGG leaves NULL out, JSON_OBJECTAGG keeps it, unless it is said. */
export function jsonAggregateName(call: Call): string {
  const name = callName(call)
  const onNull = call.json?.onNull
  if (name === 'JSON_ARRAYAGG' && onNull === 'NULL') return 'jsonb_agg'
  return name === 'JSON_OBJECTAGG' && onNull === 'ABSENT' ? 'jsonb_object_agg_strict' : name
}

/** Flink's are text; PostgreSQL's are JSON, of no rows NULL. */
export function finishedJson(context: BindContext, call: Call, value: Expression): Expression {
  const empty = emptyText.get(callName(call))
  if (empty === undefined) return value
  const { settings, names, catalog } = context
  const made =
    settings.functions === 'flink'
      ? callFunction(
          context,
          'coalesce',
          [callFunction(context, 'json_string', [value], call.at), literal(empty, types.string)],
          call.at,
        )
      : value
  const returning = call.json?.returning
  if (returning === undefined) return made
  const type = bindType(returning, settings, names, user => catalog.findType(user))
  return castTo(made, type, settings, false, call.at)
}
