import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DataType, types } from '../types/data-type.ts'
import type { BoundArgument, FunctionRules } from './definition.ts'
import { findFunction, scalarFunctions } from './registry.ts'
import { resolveFunction, signatureOf } from './resolve.ts'
import { typeText } from './system/system.ts'

const flink: FunctionRules = { division: 'flink', functions: 'flink' }
const postgres: FunctionRules = { division: 'postgres', functions: 'postgres' }
const { int, bigint, string, double, date, interval } = types
const decimal = types.decimal

const typed = (type: DataType, nullable = true): BoundArgument => ({ type, nullable })

function resultOf(name: string, args: readonly DataType[], rules = flink): string {
  const found = resolveFunction(
    name,
    args.map(type => typed(type)),
    rules,
  )
  return found.is === 'resolved' ? typeText(found.type) : found.is
}

test("Flink's types of decimal arithmetic", () => {
  const table: readonly (readonly [string, DataType, DataType, string])[] = [
    ['+', decimal(10, 2), decimal(5, 3), 'DECIMAL(12, 3)'],
    ['-', decimal(10, 2), int, 'DECIMAL(13, 2)'],
    ['+', decimal(38, 10), decimal(38, 10), 'DECIMAL(38, 9)'],
    ['*', decimal(3, 3), bigint, 'DECIMAL(23, 3)'],
    ['*', decimal(38, 10), decimal(38, 10), 'DECIMAL(38, 6)'],
    ['/', decimal(10, 2), decimal(5, 1), 'DECIMAL(17, 8)'],
    ['/', decimal(30, 10), decimal(30, 10), 'DECIMAL(38, 8)'],
    ['%', decimal(10, 2), decimal(5, 3), 'DECIMAL(5, 3)'],
    ['+', int, bigint, 'BIGINT'],
    ['/', int, int, 'INT'],
    ['*', types.real, int, 'REAL'],
    ['+', double, decimal(10, 2), 'DOUBLE'],
    ['=', bigint, decimal(10, 2), 'BOOLEAN'],
  ]
  for (const [operator, a, b, expected] of table) {
    assert.equal(resultOf(operator, [a, b]), expected, `${typeText(a)} ${operator} ${typeText(b)}`)
  }
})

test("PostgreSQL's rules keep fraction digits", () => {
  assert.equal(resultOf('/', [decimal(38, 10), int], postgres), 'DECIMAL(38, 16)')
  assert.equal(resultOf('+', [decimal(38, 10), decimal(38, 10)], postgres), 'DECIMAL(38, 10)')
  assert.equal(resultOf('*', [decimal(38, 10), int], postgres), 'DECIMAL(38, 10)')
  assert.equal(resultOf('*', [types.real, int], postgres), 'DOUBLE')
  assert.equal(resultOf('+', [date, interval], postgres), 'TIMESTAMP(6)')
  assert.equal(resultOf('+', [date, interval]), 'DATE')
})

test('time arithmetic', () => {
  const ts = types.timestamp(3)
  assert.equal(resultOf('+', [ts, interval]), 'TIMESTAMP(3)')
  assert.equal(resultOf('+', [interval, ts]), 'TIMESTAMP(3)')
  assert.equal(resultOf('-', [ts, ts]), 'INTERVAL')
  assert.equal(resultOf('-', [date, date]), 'INT')
  assert.equal(resultOf('*', [interval, int]), 'INTERVAL')
  assert.equal(resultOf('+', [ts, ts]), 'mismatch')
})

test('arguments are cast to what the signature takes', () => {
  const found = resolveFunction('substring', [typed(string), typed(bigint), typed(int)], flink)
  assert.ok(found.is === 'resolved')
  assert.deepEqual(found.casts, [undefined, int, undefined])
  const mixed = resolveFunction('coalesce', [typed(int), typed(bigint, false)], flink)
  assert.ok(mixed.is === 'resolved')
  assert.deepEqual(mixed.casts, [bigint, undefined])
  assert.equal(mixed.nullable, false)
  const text = resolveFunction('>', [typed(date), { type: string, nullable: false, literal: '2024-01-01' }], flink)
  assert.ok(text.is === 'resolved')
  assert.deepEqual(text.casts, [undefined, date])
})

test('what is unknown or does not fit is said', () => {
  assert.deepEqual(resolveFunction('uper', [typed(string)], flink), { is: 'unknown', nearest: 'upper' })
  assert.deepEqual(resolveFunction('sqrt', [typed(string)], flink), { is: 'mismatch', takes: ['SQRT(double)'] })
  assert.equal(resolveFunction('UPPER', [typed(string)], flink).is, 'resolved')
})

test('other meanings in the postgres rules', () => {
  for (const definition of scalarFunctions) {
    if (definition.insteadIn !== undefined) assert.ok(findFunction(definition.insteadIn.name), definition.name)
  }
  const found = resolveFunction('concat', [typed(string), typed(string)], postgres)
  assert.equal(found.is === 'resolved' && found.name, 'concat_known')
})

test('a bound call finds its signature again', () => {
  const calls: readonly (readonly [string, readonly DataType[]])[] = [
    ['round', [decimal(10, 3), int]],
    ['floor', [types.timestamp(3), string]],
    ['||', [types.array(int), int]],
    ['-', [types.json, string]],
    ['extract', [string, date]],
    ['in', [decimal(5, 2), int, bigint]],
    ['element_at', [types.map(string, int), string]],
  ]
  for (const rules of [flink, postgres]) {
    for (const [name, argumentTypes] of calls) {
      const found = resolveFunction(
        name,
        argumentTypes.map(type => typed(type)),
        rules,
      )
      assert.ok(found.is === 'resolved', name)
      const definition = findFunction(found.name)
      assert.ok(definition !== undefined)
      const bound = argumentTypes.map((type, i) => typed(found.casts[i] ?? type))
      assert.ok(signatureOf(definition, bound) !== undefined, name)
      const again = resolveFunction(found.name, bound, rules)
      assert.ok(again.is === 'resolved' && again.casts.every(cast => cast === undefined), name)
    }
  }
})
