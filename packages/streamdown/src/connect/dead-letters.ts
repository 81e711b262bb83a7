import { StreamdownError } from '../errors/error.ts'
import { refuseUnknown } from '../options/read.ts'
import type { Relation } from '../plan/nodes/node.ts'
import { field, type Schema, types } from '../types/data-type.ts'
import type { Connector } from './source.ts'

/** What a dead letter tells, in this order. */
export const deadLetterSchema: Schema = [
  field('failed_at', types.timestampLtz(3), false),
  field('program', types.string, false),
  field('operator', types.string, false),
  field('step', types.bigint, false),
  field('code', types.string, false),
  field('problem', types.string, false),
  field('position', types.string),
  field('raw', types.bytes),
  field('failed_row', types.string),
]

/** Rows come from the programs of the session: it opens such a table itself. */
export const deadLetters: Connector = {
  name: 'dead-letters',
  summary:
    'Records that could not be decoded and rows that failed, of the programs beside it: read at once the newest that are kept, read without end all of them as they come.',
  options: [],
  source: {
    guarantee: "exactly-once with the programs' state; without it a letter comes again when its row is read again",
    create: relation => {
      refuseUnknown(relation, [])
      return {
        bounded: false,
        replays: true,
        open: () => {
          throw new StreamdownError(
            'DSD2006',
            `"${relation.name}" can only be read beside the programs whose rows fail.`,
          )
        },
      }
    },
  },
}

export const readsDeadLetters = ({ connector }: Relation): boolean => connector === deadLetters.name
