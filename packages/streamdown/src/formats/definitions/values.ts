import type { OptionDefinition } from '../../options/definition.ts'
import type { EpochUnit, TimestampRules } from '../scalar-text.ts'
import type { FormatOptions } from './options.ts'

/** Options that several formats have, and what they say. */
export const timestampStandard: OptionDefinition = {
  name: 'timestamp-format.standard',
  type: 'enum',
  values: ['SQL', 'ISO-8601'],
  summary:
    "How timestamps are written: '2020-01-01 00:00:00' or '2020-01-01T00:00:00'. Without it both are read, and SQL is written.",
}

export const timestamps: readonly OptionDefinition[] = [
  timestampStandard,
  {
    name: 'timestamp-epoch-unit',
    type: 'enum',
    values: ['s', 'ms', 'us', 'ns'],
    summary: 'Numbers are read as timestamps that count this unit since 1970. Without it they are an error.',
  },
]

export const lenient: OptionDefinition = {
  name: 'ignore-parse-errors',
  type: 'boolean',
  default: 'false',
  summary: 'A value that does not fit its column is NULL; else the record is a dead letter.',
}

export function standardOf(options: FormatOptions): { readonly timestampStandard?: 'SQL' | 'ISO-8601' } {
  const standard = options.text(timestampStandard.name)
  return standard === 'SQL' || standard === 'ISO-8601' ? { timestampStandard: standard } : {}
}

export function timestampsOf(options: FormatOptions): {
  readonly timestampStandard?: TimestampRules['standard']
  readonly timestampEpoch?: EpochUnit
} {
  const unit = options.text('timestamp-epoch-unit')
  return {
    ...standardOf(options),
    ...(unit === 's' || unit === 'ms' || unit === 'us' || unit === 'ns' ? { timestampEpoch: unit } : {}),
  }
}

export const strictness = (options: FormatOptions) => ({
  ignoreParseErrors: options.flag(lenient.name),
  maxRecordBytes: options.maxRecordBytes,
})
