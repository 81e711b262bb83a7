import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expressionText } from '../../plan/explain/text.ts'
import { types } from '../../types/data-type.ts'
import { ColumnType } from '../schema/column-type.ts'
import { factsOf } from './analyse.ts'
import { compileArrow } from './compile.ts'
import { inferredColumns, inferredType } from './infer.ts'

type Row = { a: number; b: number; i: number; s: string; z: boolean; n: number | null; big: bigint; o: { x: string } }
const columns = [
  { name: 'a', type: new ColumnType(types.double) },
  { name: 'b', type: new ColumnType(types.double) },
  { name: 'i', type: new ColumnType(types.int) },
  { name: 's', type: new ColumnType(types.string) },
  { name: 'z', type: new ColumnType(types.boolean) },
  { name: 'n', type: new ColumnType(types.double, { nullable: true }) },
  { name: 'big', type: new ColumnType(types.bigint) },
  { name: 'o', type: new ColumnType(types.row([{ name: 'x', type: types.string, nullable: false }])) },
]
const schema = columns.map(({ name, type: { type, nullable } }) => ({ name, type, nullable }))
const outside = 3

const reads = (arrow: (row: Row) => unknown) => factsOf(arrow).reads

test('columns are read from `row.name` and closed destructurings', () => {
  assert.deepEqual(
    reads(o => o.a + o.b),
    ['a', 'b'],
  )
  assert.deepEqual(
    reads(({ a, s: text }) => `${a}${text}`),
    ['a', 's'],
  )
  assert.deepEqual(
    reads(o => o.s.startsWith('o.b')),
    ['s'],
  )
  assert.deepEqual(
    reads(o => (o.z ? `x ${o.a} ${'`'}` : /o\.b/.test(o.s))),
    ['z', 'a', 's'],
  )
  assert.deepEqual(
    reads(() => 1),
    [],
  )
  assert.deepEqual(
    reads(o => {
      const x = o.a
      return x
    }),
    ['a'],
  )
})

test('columns read are those of the parameter that is asked for, whichever was asked for before', () => {
  const arrow = (state: Row, row: Row): number => state.a + row.b * row.i
  assert.deepEqual(factsOf(arrow, 0).reads, ['a'])
  assert.deepEqual(factsOf(arrow, 1).reads, ['b', 'i'])
  assert.deepEqual(factsOf(arrow, 0).reads, ['a'])
})

test('any other use of the row reads all of it', () => {
  const name = 'a'
  function noArrow(o: Row): number {
    return o.a
  }
  const whole: readonly ((row: Row) => unknown)[] = [
    o => JSON.stringify(o),
    o => ({ ...o }),
    ({ a, ...rest }) => [a, rest],
    o => o[name],
    o => [1].map(() => o).length,
    noArrow,
  ]
  for (const arrow of whole) assert.equal(reads(arrow), undefined, String(arrow))
})

test('names from outside are found', () => {
  assert.deepEqual(factsOf((o: Row) => o.a > outside && Number(o.s) > Math.PI).outside, ['outside'])
  assert.deepEqual(factsOf((o: Row) => o.a).outside, [])
})

const compiled = (arrow: (row: Row) => unknown): string => {
  const facts = factsOf(arrow)
  const result = compileArrow(facts.body, {
    parameter: facts.parameters[0],
    column: name => {
      const index = columns.findIndex(one => one.name === name)
      const field = schema[index]
      return field === undefined ? undefined : { value: { is: 'column', index, ...field }, readsAsNumber: false }
    },
  })
  return result.is === 'compiled' ? expressionText(result.value, schema) : `JavaScript: ${result.reason}`
}

test('literals, columns, comparisons, logic and arithmetic on doubles are compiled', () => {
  assert.equal(
    compiled(o => o.a < 5),
    'a < 5',
  )
  assert.equal(
    compiled(o => o.s === 'x' && !o.z),
    "(s = 'x') AND (NOT z)",
  )
  assert.equal(
    compiled(o => (o.a + 1) * o.b < 3),
    '((a + 1) * b) < 3',
  )
  assert.equal(
    compiled(o => (o.z ? 'yes' : 'no')),
    "CASE WHEN z THEN 'yes' ELSE 'no' END",
  )
  assert.equal(
    compiled(o => o.i >= 2),
    'CAST(i AS DOUBLE) >= 2',
  )
  assert.equal(
    compiled(({ s }) => s !== 'x'),
    "NOT (s = 'x')",
  )
})

test('NaN and NULL keep their meaning', () => {
  assert.equal(
    compiled(o => o.a > 5),
    '(a <= Infinity) AND (a > 5)',
  )
  assert.equal(
    compiled(o => o.a === o.b),
    '(a <= Infinity) AND (a = b)',
  )
  assert.equal(
    compiled(o => o.n === null),
    'n IS NULL',
  )
})

test('what someone could tell stays JavaScript, with the reason', () => {
  assert.match(
    compiled(o => o.a > outside),
    /uses outside from outside/,
  )
  assert.match(
    compiled(o => (o.n ?? 0) > 1),
    /uses \?\?/,
  )
  assert.match(
    compiled(o => Number(o.n) > 1),
    /calls a function/,
  )
  assert.match(
    compiled(o => `${o.s}`),
    /template/,
  )
  assert.match(
    compiled(o => o.s && o.z),
    /no boolean/,
  )
  assert.match(
    compiled(o => o.big > 1n),
    /JavaScript/,
  )
  assert.match(
    compiled(o => {
      return o.a > 1
    }),
    /more than one expression/,
  ) // prettier-ignore
})

const inferred = (arrow: (row: Row) => unknown): string => {
  const facts = factsOf(arrow)
  const type = inferredType(facts.body, {
    parameter: facts.parameters[0],
    columns,
    column: name => columns.find(one => one.name === name)?.type,
  })
  return type === undefined ? 'unknown' : `${type.type.is}${type.nullable ? '?' : ''}`
}

test('result types that the source tells', () => {
  assert.equal(
    inferred(o => o.n),
    'double?',
  )
  assert.equal(
    inferred(o => `${o.a}`),
    'string',
  )
  assert.equal(
    inferred(o => o.i + 1),
    'double',
  )
  assert.equal(
    inferred(o => o.big * 2n),
    'bigint',
  )
  assert.equal(
    inferred(o => o.s + o.a),
    'string',
  )
  assert.equal(
    inferred(o => BigInt(Math.round(o.a))),
    'bigint',
  )
  assert.equal(
    inferred(o => o.a > 1),
    'boolean',
  )
  assert.equal(
    inferred(o => (o.z ? o.s : null)),
    'string?',
  )
  assert.equal(
    inferred(o => o.n ?? 0),
    'double',
  )
  assert.equal(
    inferred(o => o.o.x),
    'string',
  )
  assert.equal(
    inferred(o => o.s.toUpperCase().length),
    'double',
  )
  assert.equal(
    inferred(o => outside + o.a),
    'unknown',
  )
  assert.equal(
    inferred(o => {
      return o.a
    }),
    'unknown',
  ) // prettier-ignore
})

test('the columns of an object, and of either of two', () => {
  const facts = factsOf((o: Row) => (o.z ? { kind: 'bid', price: o.a } : { kind: 'person', name: o.s }))
  const found = inferredColumns(facts.body, {
    parameter: facts.parameters[0],
    columns,
    column: name => columns.find(one => one.name === name)?.type,
  })
  assert.ok(typeof found !== 'string')
  assert.deepEqual(
    found.map(({ name, type }) => `${name} ${type.type.is}${type.nullable ? '?' : ''}`),
    ['kind string', 'price double?', 'name string?'],
  )
})
