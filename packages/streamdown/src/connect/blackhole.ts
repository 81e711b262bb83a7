import { refuseUnknown } from '../options/read.ts'
import { immediateSink } from './immediate-sink.ts'
import type { Connector } from './source.ts'

/** Takes every row and keeps nothing. The query's columns are all made: they are its input. */
export const blackhole: Connector = {
  name: 'blackhole',
  summary: 'Reads every column that its query names, and drops the rows.',
  options: [],
  sink: {
    guarantee: 'exactly-once: nothing is written',
    create: relation => {
      refuseUnknown(relation, [])
      return immediateSink({ accepts: 'retract', delivery: 'exactly-once', write: () => undefined })
    },
  },
}
