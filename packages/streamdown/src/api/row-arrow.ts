import { StreamdownError } from '../errors/error.ts'
import type { ArrowDraft } from './draft/expression-draft.ts'
import { callerPlace } from './draft/place.ts'
import { codeGiven } from './given.ts'
import { ColumnType } from './schema/column-type.ts'

type Arrow = (row: never) => unknown

/** @internal The arrow of `map(arrow)` or `map(type, arrow)`. */
export function rowArrow(first: ColumnType<unknown> | Arrow, second: Arrow | undefined): ArrowDraft {
  if (!(first instanceof ColumnType))
    return { is: 'arrow', arrow: codeGiven('An arrow over the row is wanted', first), place: callerPlace() }
  if (second === undefined) throw new StreamdownError('DSD5007', 'map(type, arrow) wants the arrow after the type.')
  return { is: 'arrow', arrow: second, type: first, place: callerPlace() }
}
