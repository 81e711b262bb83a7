import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { createSession } from '../session/create.ts'
import type { DataType } from '../types/data-type.ts'
import { types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { aggregateFunctions, resolveAggregate } from './aggregates.ts'

/** Values as the examples write them. */
function shown(value: Value, type: DataType): string {
  if (Array.isArray(value) && type.is === 'array') return `{${value.map(each => shown(each, type.element)).join(',')}}`
  if (Array.isArray(value) && type.is === 'map') return `{${value.map(pair => pair.join('=')).join(', ')}}`
  if (type.is === 'decimal' && typeof value === 'bigint') return String(Number(value) / 10 ** type.scale)
  return String(value)
}

test('the examples of the aggregate functions are what the engine gives', async () => {
  const session = await createSession({}, await createNodeEnvironment())
  for (const { examples } of aggregateFunctions) {
    for (const { sql, gives } of examples) {
      const [result] = await session.execute(sql)
      if (result?.is !== 'rows') assert.fail(sql)
      assert.equal(shown(result.rows[0]?.[0] ?? null, result.schema[0]?.type ?? types.null), gives, sql)
    }
  }
  await session.close()
})

const argument = (type: DataType, nullable = true) => ({ type, nullable })
const flink = { avgType: 'same_integer', sumType: 'flink' } as const
const postgres = { avgType: 'decimal', sumType: 'postgres' } as const

test('the types of sums and averages follow the settings', () => {
  const typeOf = (name: string, type: DataType, rules: typeof flink | typeof postgres): DataType | undefined =>
    resolveAggregate(name, [argument(type)], false, rules)?.type
  assert.deepEqual(typeOf('sum', types.int, flink), types.int)
  assert.deepEqual(typeOf('sum', types.bigint, flink), types.bigint)
  assert.deepEqual(typeOf('sum', types.decimal(10, 2), flink), types.decimal(38, 2))
  assert.deepEqual(typeOf('avg', types.int, flink), types.int)
  assert.deepEqual(typeOf('avg', types.decimal(10, 2), flink), types.decimal(38, 6))
  assert.deepEqual(typeOf('sum', types.int, postgres), types.bigint)
  assert.deepEqual(typeOf('sum', types.bigint, postgres), types.decimal(38, 0))
  assert.deepEqual(typeOf('avg', types.int, postgres), types.decimal(38, 16))
  assert.deepEqual(
    resolveAggregate('avg', [argument(types.int)], false, { ...flink, avgType: 'double' })?.type,
    types.double,
  )
})

test('a result is never NULL where every group has rows and no argument can be NULL', () => {
  const nullable = (
    name: string,
    args: readonly ReturnType<typeof argument>[],
    everyGroupHasRows: boolean,
  ): boolean | undefined => resolveAggregate(name, args, false, flink, everyGroupHasRows)?.nullable
  assert.equal(nullable('count', [], false), false)
  assert.equal(nullable('sum', [argument(types.int, false)], true), false)
  assert.equal(nullable('sum', [argument(types.int)], true), true)
  assert.equal(nullable('sum', [argument(types.int, false)], false), true)
  assert.equal(nullable('stddev_samp', [argument(types.int, false)], true), true)
})

test('arguments that do not fit, and unknown names, resolve to nothing', () => {
  assert.equal(resolveAggregate('sum', [argument(types.string)], false, flink), undefined)
  assert.equal(resolveAggregate('arg_min', [], false, flink), undefined)
  assert.equal(resolveAggregate('count', [], true, flink), undefined)
  assert.equal(resolveAggregate('nothing', [], false, flink), undefined)
  assert.equal(resolveAggregate('STDDEV', [argument(types.int)], false, flink)?.name, 'stddev_samp')
})
