import type { SessionOptions } from '../packages/streamdown/src/session/session.ts'

/** The one table of documented settings with which each suite's sessions open. */
export const suiteSettings: Record<'risingwave' | 'flink' | 'arroyo' | 'feldera', SessionOptions> = {
  risingwave: { dialect: 'postgres', settings: { window_emit: 'update', on_error: 'null' } },
  flink: { dialect: 'flink', settings: {} },
  arroyo: { dialect: 'postgres', settings: { window_emit: 'close', avg_type: 'double' } },
  feldera: {
    dialect: 'postgres',
    settings: { window_emit: 'update', avg_type: 'same', null_order: 'smallest', identifier_case: 'insensitive' },
  },
}

/** The clock of suites that use processing time: 2020-01-01 00:00:00 UTC. */
export const SUITE_CLOCK = 1_577_836_800_000_000n
