import { StreamdownError } from '../../errors/error.ts'
import { flinkSQL } from '../../plan/flink/query.ts'
import { LowerContext } from '../lower/context.ts'
import { visibleOnly } from '../lower/lowered.ts'
import { lowerRelation } from '../lower/relations.ts'
import type { Drafted } from '../types/brand.ts'

/** A relation as Flink SQL. Throws DSD5011, with the place and the reason, for an arrow that stays JavaScript. */
export function sqlOf(relation: Drafted): string {
  const context = new LowerContext(undefined, false, false)
  const { node } = visibleOnly(lowerRelation(context, relation['~draft']))
  return flinkSQL(node, ({ source }) => {
    const note = context.notes.find(one => one.source === source)
    const place = note?.place === undefined ? '' : `\n  at ${note.place}`
    throw new StreamdownError(
      'DSD5011',
      `${source} stays JavaScript, and SQL cannot say it (${note?.text ?? 'it is not an expression'}). ` +
        `Say it as an expression: where('column', '>', value), mul('column', 2), sql\`...\`.${place}`,
    )
  })
}
