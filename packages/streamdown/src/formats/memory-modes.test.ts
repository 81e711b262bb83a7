import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemory, type MemoryOptions } from '../batch/linear-memory.ts'
import { batchFromRows } from '../batch/values.ts'
import { field, type Schema, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { createCsvDecoder } from './csv.ts'
import { createCsvEncoder } from './csv-encode.ts'
import { decodeAll } from './decode-all.fixture.ts'
import { createJsonDecoder } from './json.ts'
import { createJsonEncoder } from './json-encode.ts'

const schema: Schema = [
  field('id', types.bigint, false),
  field('text', types.string),
  field('amount', types.decimal(38, 20)),
  field('share', types.double),
  field('at', types.timestamp(6)),
  field('tags', types.json),
]
const columns = schema.map((_, column) => ({ column, path: [] }))
const rows: Value[][] = Array.from({ length: 3000 }, (_, index) => [
  BigInt(index),
  index % 7 === 0 ? null : `text "${'é'.repeat(index % 40)}"\n`,
  BigInt(index) ** 9n,
  index / 7,
  BigInt(index) * 1_000_001n,
  `["${index}"]`,
])

const modes: Readonly<Record<string, MemoryOptions>> = {
  'growing at every allocation': { growAlways: true, initialBytes: 1024 * 1024 },
  'addresses above 2 GiB': { heapStart: 2 ** 31 + 2 ** 20 },
}

for (const [name, memory] of Object.entries(modes)) {
  test(`text formats with a memory ${name}`, () => {
    const own = createMemory(memory)
    const batch = batchFromRows(own, schema, rows)
    const json = createJsonEncoder(own, schema).encode(batch)
    const fromJson = decodeAll(json, each => createJsonDecoder(each, schema, columns), {
      piece: 100_000,
      maxRows: 999,
      memory,
    })
    assert.deepEqual(fromJson, { rows, dead: [] })
    const csv = createCsvEncoder(own, schema, { nullLiteral: 'NULL' }).encode(batch)
    const decoder = { nullLiteral: 'NULL', multiline: true }
    const fromCsv = decodeAll(csv, each => createCsvDecoder(each, schema, columns, decoder), {
      piece: 100_000,
      maxRows: 999,
      memory,
    })
    assert.deepEqual(fromCsv, { rows, dead: [] })
  })
}
