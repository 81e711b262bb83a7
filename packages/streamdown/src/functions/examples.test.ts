import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluateConstant } from '../compile/constant.ts'
import { testContext } from '../compile/context.fixture.ts'
import { contextOf } from '../sql/bind/context.ts'
import { ExpressionBinder } from '../sql/bind/expressions.ts'
import { Catalog } from '../sql/catalog.ts'
import { parseExpression } from '../sql/parse/parse.ts'
import { type Dialect, presets } from '../sql/settings.ts'
import type { DataType } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { decimalText } from '../values/decimal-digits.ts'
import { textOf } from './cast.ts'
import { scalarFunctions } from './registry.ts'

const context = testContext()

function evaluate(sql: string, dialect: Dialect = 'flink'): { readonly value: Value; readonly type: DataType } {
  const binder = new ExpressionBinder(contextOf(new Catalog(), presets[dialect], {}, false), {
    columns: [],
    schema: [],
    outer: undefined,
  })
  const bound = binder.bind(parseExpression(sql))
  return { value: evaluateConstant(bound, context), type: bound.type }
}

/** How examples write a value: as SQL prints it, without zeros at the end of fractions. */
function shown({ value, type }: { readonly value: Value; readonly type: DataType }): string {
  if (value === null) return 'NULL'
  if (type.is === 'double' || type.is === 'real') return String(Object.is(value, -0) ? 0 : value)
  if (type.is === 'decimal' && typeof value === 'bigint')
    return decimalText(value, type.scale)
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '')
  const rule = type.is === 'timestamp' || type.is === 'time' ? 'postgres' : 'flink'
  return textOf(value, type, rule, 'UTC')
}

for (const definition of scalarFunctions) {
  test(`${definition.category}: ${definition.name}`, () => {
    for (const { sql, gives } of definition.examples) {
      const dialect = definition.name === '-' && sql.startsWith('DATE') ? 'postgres' : 'flink'
      assert.equal(shown(evaluate(sql, dialect)), gives, sql)
    }
  })
}

test('names and aliases are unique', () => {
  const names = scalarFunctions.flatMap(({ name, aliases = [] }) => [name, ...aliases].map(n => n.toLowerCase()))
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  )
})
