import { createMemory } from '../batch/linear-memory.ts'
import { settingsOf } from '../sql/settings.ts'
import type { EngineOptions } from './engine.ts'

/** What tests of an engine leave as it is: one worker, steps of 100 rows, a journal, Flink's rules. */
export const plainEngine = {
  workers: 1,
  stepRows: 100,
  seed: 1,
  timeZone: 'UTC',
  settings: settingsOf('flink'),
  journal: true,
  createMemory: () => createMemory(),
} as const satisfies Partial<EngineOptions>
