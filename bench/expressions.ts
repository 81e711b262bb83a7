/** Expressions over chunks in memory: rows a second of emitted code, beside the same loop in JavaScript. */
import { type Batch, CHUNK_ROWS, NO_WATERMARK } from '../packages/streamdown/src/batch/batch.ts'
import { createMemory } from '../packages/streamdown/src/batch/linear-memory.ts'
import { columnFromValues } from '../packages/streamdown/src/batch/values.ts'
import { compileProjection } from '../packages/streamdown/src/compile/projection.ts'
import type { OperatorContext } from '../packages/streamdown/src/run/operator-context.ts'
import { contextOf } from '../packages/streamdown/src/sql/bind/context.ts'
import { ExpressionBinder } from '../packages/streamdown/src/sql/bind/expressions.ts'
import { Catalog } from '../packages/streamdown/src/sql/catalog.ts'
import { parseExpression } from '../packages/streamdown/src/sql/parse/parse.ts'
import { presets } from '../packages/streamdown/src/sql/settings.ts'
import { field, type Schema, types } from '../packages/streamdown/src/types/data-type.ts'

const memory = createMemory()
const context: OperatorContext = {
  memory,
  table() {
    throw new Error('no state')
  },
  timeZone: 'UTC',
  settings: {},
  now: () => 0n,
  random: () => 0,
  seed: 0,
  newestEventTime: () => NO_WATERMARK,
}

const schema: Schema = [
  field('auction', types.bigint, false),
  field('price', types.bigint, false),
  field('maybe', types.bigint),
  field('channel', types.string, false),
  field('url', types.string, false),
  field('ts', types.timestamp(3), false),
]
const channels = ['Google', 'Facebook', 'Baidu', 'Apple', 'channel-4711']
const rows = Array.from({ length: CHUNK_ROWS }, (_, i) => i)
const batch: Batch = {
  rows: CHUNK_ROWS,
  columns: [
    columnFromValues(
      memory,
      types.bigint,
      rows.map(i => BigInt(1000 + ((i * 7919) % 5000))),
    ),
    columnFromValues(
      memory,
      types.bigint,
      rows.map(i => BigInt((i * 104_729) % 1_000_000)),
    ),
    columnFromValues(
      memory,
      types.bigint,
      rows.map(i => (i % 10 === 0 ? null : BigInt(i))),
    ),
    columnFromValues(
      memory,
      types.string,
      rows.map(i => channels[i % channels.length] ?? ''),
    ),
    columnFromValues(
      memory,
      types.string,
      rows.map(i => `https://www.nexmark.com/a/b${i}/item.htm?query=1&channel_id=${i}`),
    ),
    columnFromValues(
      memory,
      types.timestamp(3),
      rows.map(i => 1_700_000_000_000_000n + BigInt(i) * 1_234_567n),
    ),
  ],
  weights: 0,
  watermarks: 0,
  watermark: NO_WATERMARK,
  ordinals: 0,
  firstOrdinal: 0n,
}

const binder = new ExpressionBinder(contextOf(new Catalog(), presets.flink, {}, false), {
  columns: schema.map(({ name }, index) => ({ name, table: undefined, index, plain: true })),
  schema,
  outer: undefined,
})

function measure(
  filter: string | undefined,
  outputs: readonly string[],
): { readonly compile: number; readonly rate: number } {
  const bound = outputs.map(sql => binder.bind(parseExpression(sql)))
  const condition = filter === undefined ? undefined : binder.bind(parseExpression(filter))
  const started = performance.now()
  const projection = compileProjection({ input: schema, filter: condition, outputs: bound, context })
  const mark = memory.mark()
  projection.run(batch)
  const compile = performance.now() - started
  memory.release(mark)
  let best = 0
  for (let round = 0; round < 5; round++) {
    const start = performance.now()
    let done = 0
    while (performance.now() - start < 150) {
      for (let i = 0; i < 20; i++) {
        projection.run(batch)
        memory.release(mark)
      }
      done += 20 * CHUNK_ROWS
    }
    best = Math.max(best, done / (performance.now() - start) / 1000)
  }
  return { compile, rate: best }
}

const cases: readonly (readonly [string | undefined, readonly string[]])[] = [
  ['auction % 123 = 0', ['auction', 'price']],
  ['auction % 123 = 0', ['auction', 'price * 908 / 1000']],
  [undefined, ['auction', 'price * 908 / 1000']],
  [undefined, ['auction', '0.908 * price']],
  [undefined, ['maybe + price', 'maybe * 2']],
  ["channel = 'Apple' OR channel = 'Google'", ['auction', 'channel']],
  ["url LIKE '%channel_id=4%'", ['auction']],
  [undefined, ['UPPER(channel)']],
  [undefined, ["channel || '-x'"]],
  [undefined, ["SPLIT_INDEX(url, '/', 3)"]],
  [undefined, ["REGEXP_EXTRACT(url, '(&|^)channel_id=([^&]*)', 2)"]],
  [undefined, ['EXTRACT(HOUR FROM ts)']],
  [undefined, ["DATE_FORMAT(ts, 'yyyy-MM-dd')"]],
  [undefined, ['FLOOR(ts TO HOUR)']],
  [undefined, ['CAST(price AS STRING)']],
  [undefined, ['CAST(CAST(price AS STRING) AS BIGINT)']],
  [undefined, ['CAST(ts AS STRING)']],
  [undefined, ["CASE WHEN HOUR(ts) >= 8 AND HOUR(ts) <= 18 THEN 'day' ELSE 'night' END"]],
]

for (const [filter, outputs] of cases) {
  const { compile, rate } = measure(filter, outputs)
  const text = `${filter === undefined ? '' : `WHERE ${filter} `}SELECT ${outputs.join(', ')}`
  console.log(`${rate.toFixed(1).padStart(8)} M rows/s  first run ${compile.toFixed(2).padStart(6)} ms  ${text}`)
}
