import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { typeText } from '../../types/type-text.ts'
import { columnsOf } from './columns-of.ts'
import type { Schema } from './schema.ts'
import { t } from './t.ts'

const shown = (schema: Schema) =>
  columnsOf(schema).map(
    ({ name, type: { type, nullable, facts } }) =>
      `${name} ${typeText(type)}${nullable ? '?' : ''}${facts.readsAsNumber ? ' as number' : ''}`,
  )

test('t.row is exact', () => {
  const schema = t.row({
    id: t.string,
    price: t.decimal(10, 2),
    at: t.timestamp(3),
    note: t.optional(t.varchar(5)),
    tags: t.array(t.string),
    where: t.row({ x: t.int }),
  })
  assert.deepEqual(shown(schema), [
    'id STRING',
    'price DECIMAL(10, 2)',
    'at TIMESTAMP(3)',
    'note VARCHAR(5)?',
    'tags ARRAY<STRING>',
    'where ROW<x INT NOT NULL>',
  ])
})

test('zod', () => {
  const schema = z.object({
    s: z.string(),
    n: z.number(),
    i: z.int(),
    small: z.int32(),
    b: z.bigint(),
    d: z.coerce.date(),
    o: z.string().optional(),
    nd: z.date().nullable(),
    e: z.enum(['x', 'y']),
    r: z.object({ k: z.boolean() }),
    a: z.array(z.number()),
  })
  assert.deepEqual(shown(schema), [
    's STRING',
    'n DOUBLE',
    'i BIGINT as number',
    'small INT',
    'b BIGINT',
    'd TIMESTAMP(6)',
    'o STRING?',
    'nd TIMESTAMP(6)?',
    'e STRING',
    'r ROW<k BOOLEAN NOT NULL>',
    'a ARRAY<DOUBLE>',
  ])
})

test('arktype', () => {
  const schema = type({
    s: 'string',
    n: 'number',
    b: 'bigint',
    d: 'Date',
    'o?': 'string',
    nd: 'Date | null',
    e: "'x' | 'y'",
  })
  assert.deepEqual(shown(schema).sort(), [
    'b BIGINT',
    'd TIMESTAMP(6)',
    'e STRING',
    'n DOUBLE',
    'nd TIMESTAMP(6)?',
    'o STRING?',
    's STRING',
  ])
})

test('valibot', () => {
  const schema = v.object({
    s: v.pipe(v.string(), v.trim()),
    n: v.number(),
    i: v.pipe(v.number(), v.integer()),
    b: v.bigint(),
    d: v.date(),
    o: v.optional(v.string()),
    nd: v.nullish(v.date()),
    e: v.picklist(['x', 'y']),
    l: v.literal('q'),
    r: v.object({ k: v.boolean() }),
  })
  assert.deepEqual(shown(schema), [
    's STRING',
    'n DOUBLE',
    'i BIGINT as number',
    'b BIGINT',
    'd TIMESTAMP(6)',
    'o STRING?',
    'nd TIMESTAMP(6)?',
    'e STRING',
    'l STRING',
    'r ROW<k BOOLEAN NOT NULL>',
  ])
})

test('a column whose type cannot be known is named', () => {
  const unknown: readonly (readonly [Schema, string])[] = [
    [z.object({ a: z.string(), odd: z.union([z.string(), z.number()]) }), 'odd'],
    [z.object({ odd: z.unknown() }), 'odd'],
    [z.object({ odd: z.string().transform(text => text.length) }), 'odd'],
    [z.object({ inner: z.object({ odd: z.unknown() }) }), 'inner.odd'],
    [type({ odd: 'string | number' }), 'odd'],
    [v.object({ odd: v.pipe(v.string(), v.transform(Number)) }), 'odd'],
    [v.object({ odd: v.union([v.string(), v.number()]) }), 'odd'],
  ]
  for (const [schema, column] of unknown)
    assert.throws(() => columnsOf(schema), { code: 'DSD5004', message: new RegExp(`'${column}'`) })
})

test('t.row checks rows as a Standard Schema', () => {
  const schema = t.row({ id: t.string, price: t.decimal(6, 2), note: t.optional(t.string) })
  const good = schema['~standard'].validate({ id: 'a', price: '1.5' })
  assert.ok(!(good instanceof Promise) && good.issues === undefined)
  assert.equal(String(good.value.price), '1.50')
  assert.equal(good.value.note, null)
  const bad = schema['~standard'].validate({ price: '1.555' })
  assert.ok(!(bad instanceof Promise) && bad.issues !== undefined)
  assert.deepEqual(
    bad.issues.map(issue => issue.path),
    [['id'], ['price']],
  )
})
