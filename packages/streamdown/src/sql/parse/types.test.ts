import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { showType } from './brackets.fixture.ts'
import { parseTypeName } from './parse.ts'

describe('type names', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['int', 'INT'],
    ['DECIMAL(10, 2)', 'DECIMAL(10,2)'],
    ['numeric(5, -2)', 'NUMERIC(5,-2)'],
    ['double precision', 'DOUBLE PRECISION'],
    ['CHARACTER VARYING(3)', 'CHARACTER VARYING(3)'],
    ['BIGINT UNSIGNED', 'BIGINT UNSIGNED'],
    ['TIMESTAMP(3)', 'TIMESTAMP(3)'],
    ['TIMESTAMP(3) WITH LOCAL TIME ZONE', 'TIMESTAMP WITH LOCAL TIME ZONE(3)'],
    ['timestamp with time zone', 'TIMESTAMP WITH TIME ZONE'],
    ['TIME WITHOUT TIME ZONE', 'TIME WITHOUT TIME ZONE'],
    ['INTERVAL DAY(3) TO SECOND(6)', 'INTERVAL DAY TO SECOND(3,6)'],
    ['INTERVAL', 'INTERVAL'],
    ['INT NOT NULL', 'INT NOT NULL'],
    ['int[]', 'ARRAY<INT>'],
    ['int[3][]', 'ARRAY<ARRAY<INT>>'],
    ['INT ARRAY', 'ARRAY<INT>'],
    ['INT ARRAY[4]', 'ARRAY<INT>'],
    ['INT NOT NULL ARRAY NOT NULL', 'ARRAY<INT NOT NULL> NOT NULL'],
    ['INT MULTISET', 'MULTISET<INT>'],
    ['MULTISET<INT>', 'MULTISET<INT>'],
    ['ARRAY<ARRAY<BIGINT NOT NULL> NOT NULL>', 'ARRAY<ARRAY<BIGINT NOT NULL> NOT NULL>'],
    ['MAP<STRING NOT NULL, ROW<a ARRAY<MAP<INT, INT>>>>', 'MAP<STRING NOT NULL, ROW<a ARRAY<MAP<INT, INT>>>>'],
    ['map(varchar, map(varchar, int))[]', 'ARRAY<MAP<VARCHAR, MAP<VARCHAR, INT>>>'],
    ['ROW<id BIGINT NOT NULL, `ignore` BIGINT> NOT NULL', 'ROW<id BIGINT NOT NULL, ignore BIGINT> NOT NULL'],
    ['ROW(a INT, b VARCHAR(3))', 'ROW<a INT, b VARCHAR(3)>'],
    [
      'ROW<INT, DOUBLE PRECISION, INT NOT NULL, TIMESTAMP WITH TIME ZONE, INT ARRAY>',
      'ROW<- INT, - DOUBLE PRECISION, - INT NOT NULL, - TIMESTAMP WITH TIME ZONE, - ARRAY<INT>>',
    ],
    ['ROW<>', 'ROW<>'],
    ['struct<a int, b struct<c int>>', 'ROW<a INT, b ROW<c INT>>'],
    ['STRUCT<a: INT, b: ARRAY<STRING>>', 'ROW<a INT, b ARRAY<STRING>>'],
    ['ROW<date DATE, time TIME, array ARRAY<INT>>', 'ROW<date DATE, time TIME, array ARRAY<INT>>'],
    ['my.type', 'type'],
    ['"Mixed"', 'Mixed'],
  ]
  for (const [sql, expected] of cases) test(sql, () => assert.equal(showType(parseTypeName(sql)), expected))

  test('the name of a user type keeps its parts', () => {
    const type = parseTypeName('my.type')
    assert.equal(type.is === 'namedType' && type.path.parts.map(part => part.text).join('|'), 'my|type')
  })

  for (const sql of ['ARRAY<INT', 'MAP<INT>', 'DECIMAL(', 'ROW<a INT,>', '']) {
    test(`refuses ${sql}`, () => assert.throws(() => parseTypeName(sql), { code: 'DSD1001' }))
  }
})
