import type { OptionDefinition } from '../../options/definition.ts'

export const datagenOptions: readonly OptionDefinition[] = [
  {
    name: 'rows-per-second',
    aliases: ['datagen.rows.per.second'],
    type: 'integer',
    default: '10000',
    summary: 'Rows a second; 0: as fast as they are taken.',
  },
  { name: 'number-of-rows', type: 'integer', summary: 'How many rows there are. Without it: no end.', example: '1000' },
  {
    name: 'datagen.split.num',
    type: 'integer',
    default: '1',
    summary: "RisingWave's number of readers; taken without effect: there is one.",
  },
  { name: 'seed', type: 'integer', default: '1', summary: 'Another seed gives other rows.' },
  {
    name: 'fields.#.kind',
    type: 'enum',
    values: ['random', 'sequence'],
    default: 'random',
    summary:
      "A column's generator; `#` is its name. Of an ARRAY `#.element`, of a MAP `#.key` and `#.value`, of a ROW `#.field` have options of their own.",
  },
  {
    name: 'fields.#.min',
    type: 'string',
    summary: "Lowest random number. Default: the type's lowest; of REAL, DOUBLE and DECIMAL 0.",
  },
  { name: 'fields.#.max', type: 'string', summary: "Highest random number. Default: the type's highest." },
  {
    name: 'fields.#.max-past',
    type: 'duration',
    default: '0 ms',
    summary: 'How far a random TIMESTAMP may lie before the time of its row.',
  },
  {
    name: 'fields.#.length',
    type: 'integer',
    default: '100',
    summary: 'Length of random text and bytes; of ARRAY and MAP the number of entries, default 3.',
  },
  {
    name: 'fields.#.var-len',
    type: 'boolean',
    default: 'false',
    summary: 'Text and bytes have random lengths up to `length`.',
  },
  { name: 'fields.#.null-rate', type: 'string', default: '0', summary: 'Share of NULLs, 0 to 1.', example: '0.05' },
  { name: 'fields.#.start', type: 'integer', summary: 'First value of a sequence.' },
  { name: 'fields.#.end', type: 'integer', summary: 'Last value of a sequence; the source ends behind it.' },
]
