import type { OptionDefinition } from '../options/definition.ts'
import { durationOption, integerOption, textOption } from '../options/read.ts'
import type { Inquiry, Relation } from '../plan/nodes/node.ts'

/** The options of every connector that rows are looked up in; where Apache Flink has them, under its names. */
export const lookupOptions: readonly OptionDefinition[] = [
  {
    name: 'lookup.cache',
    type: 'enum',
    values: ['NONE', 'PARTIAL'],
    default: 'NONE',
    summary: 'Whether answers are used again.',
  },
  {
    name: 'lookup.partial-cache.max-rows',
    type: 'integer',
    default: '10000',
    summary: 'Rows that the cache holds at most; the least recently used go.',
  },
  {
    name: 'lookup.partial-cache.expire-after-write',
    type: 'duration',
    default: '10 min',
    summary: 'How long an answer may be used again.',
  },
  {
    name: 'lookup.max-retries',
    type: 'integer',
    default: '3',
    summary: 'How often a failed question is asked again; then its row is a dead letter.',
  },
  { name: 'lookup.retry-delay', type: 'duration', default: '100 ms', summary: 'The pause before it.' },
  { name: 'lookup.capacity', type: 'integer', default: '16', summary: 'Questions under way at most.' },
  { name: 'lookup.timeout', type: 'duration', default: '10 s', summary: 'How long a question may take.' },
  {
    name: 'lookup.output-mode',
    type: 'enum',
    values: ['ORDERED', 'ALLOW_UNORDERED'],
    default: 'ORDERED',
    summary: 'Whether answers leave in the order of their rows.',
  },
]

/** How the outside is asked, by those options. */
export function askedBy(
  relation: Relation,
  ask: Inquiry['ask'],
): { readonly inquiry: Inquiry; readonly ordered: boolean } {
  const integer = (name: string): number => Number(integerOption(relation, lookupOptions, name, { least: 0n }))
  const micros = (name: string): bigint => BigInt(durationOption(relation, lookupOptions, name) ?? 0) * 1000n
  const cache = {
    maxRows: integer('lookup.partial-cache.max-rows'),
    expire: micros('lookup.partial-cache.expire-after-write'),
  }
  return {
    ordered: textOption(relation, lookupOptions, 'lookup.output-mode') === 'ORDERED',
    inquiry: {
      ask,
      batch: 1,
      concurrency: Math.max(1, integer('lookup.capacity')),
      timeout: micros('lookup.timeout'),
      retry: { attempts: integer('lookup.max-retries'), delay: micros('lookup.retry-delay'), onMiss: false },
      ...(textOption(relation, lookupOptions, 'lookup.cache') === 'PARTIAL' ? { cache } : {}),
    },
  }
}
