import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { StreamdownError } from '../../errors/error.ts'
import { nearest } from '../../values/nearest.ts'
import { parseExpression, parseStatements } from './parse.ts'

/** The first line of the message, without its code, and the piece pointed at. */
function problem(sql: string): string {
  try {
    parseStatements(sql)
  } catch (error) {
    assert.ok(error instanceof StreamdownError)
    assert.equal(error.code, 'DSD1001')
    const [line] = error.message.split('\n')
    return `${line?.replace('DSD1001 ', '')} @${error.at?.start}`
  }
  return 'no error'
}

describe('syntax errors', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['SELEC * FROM t', 'expected a statement, found SELEC; did you mean SELECT? @0'],
    ['SELECT * FORM t', 'expected ; or the end of the statement, found FORM; did you mean FROM? @9'],
    ['SELECT a FORM t', 'expected ; or the end of the statement, found t; did you mean FROM instead of FORM? @14'],
    [
      'SELECT a FROM t GRUOP BY a',
      'expected ; or the end of the statement, found BY; did you mean GROUP instead of GRUOP? @22',
    ],
    ['SELECT a, FROM t', 'expected an expression, found FROM @10'],
    ['SELECT * FROM t WHERE a =', 'expected an expression, found the end of the text @25'],
    ['SELECT (1 + 2', 'expected ), found the end of the text @13'],
    ['SELECT a IS 5', 'expected NULL, TRUE, FALSE, UNKNOWN, JSON or DISTINCT FROM, found 5 @12'],
    ['SELECT CASE a END', 'expected WHEN, found END @14'],
    ["SELECT 'abc", 'a quoted text is not closed @7'],
    ['CREATE TABLE t (a INT,, b INT)', 'expected a column, a constraint or ), found , @22'],
    ['CREATE TABLE t (a INT b)', 'expected ,, found b @22'],
    ['CREATE TABLE t (a INT NOT NUL)', 'expected NULL, found NUL; did you mean NULL? @26'],
    [
      'INSERT INTO t VALUE (1)',
      'expected SELECT, VALUES or a query in parentheses, found VALUE; did you mean VALUES? @14',
    ],
    ['SELECT a LIMIT 1 LIMIT 2', 'expected the end of the query, found LIMIT @17'],
    ['SELECT 1 2', 'expected ; or the end of the statement, found 2 @9'],
    ['SELECT /*+ STATE_TTL( */ a', 'expected a name or a string, found the end of the text @22'],
    ['SELECT a[] FROM t', 'expected an expression, found ] @9'],
    ['SELECT * FROM t JOIN', 'expected a table, found the end of the text @20'],
    [
      'DROP TABEL t',
      'expected TABLE or VIEW or SOURCE or SINK or INDEX or FUNCTION or AGGREGATE or SCHEMA or DATABASE or CATALOG or TYPE, found TABEL; did you mean TABLE? @5',
    ],
  ]
  for (const [sql, expected] of cases) test(sql, () => assert.equal(problem(sql), expected))

  test('the message shows the line', () => {
    assert.throws(() => parseStatements('SELECT 1;\n  SELECT a,\n  FROM t'), {
      message: 'DSD1001 expected an expression, found FROM\n  at line 3, column 3:\n  |   FROM t\n  |   ^^^^',
    })
  })
})

describe('size', () => {
  test('ten thousand parentheses are refused', () => {
    for (const [open, close] of [
      ['(', ')'],
      ['[', ']'],
      ['NOT ', ''],
      ['- ', ''],
      ['f(', ')'],
      ['CASE WHEN ', ' THEN 1 END'],
      ['(SELECT ', ')'],
    ] as const) {
      assert.match(problem(`SELECT ${open.repeat(10_000)}1${close.repeat(10_000)}`), /nested deeper than/)
    }
    assert.match(problem(`SELECT * FROM ${'('.repeat(10_000)}t${')'.repeat(10_000)}`), /nested deeper than/)
    assert.match(problem(`SELECT CAST(a AS ${'ARRAY<'.repeat(10_000)}INT${'>'.repeat(10_000)})`), /nested deeper than/)
    assert.match(problem(`${'EXPLAIN '.repeat(10_000)}SELECT 1`), /nested deeper than/)
  })

  test('a chain that leans left is refused when it is too high, a flat one is not', () => {
    assert.match(problem(`SELECT 1${' + 1'.repeat(20_000)}`), /higher than/)
    assert.match(problem(`SELECT 1${' UNION SELECT 1'.repeat(20_000)}`), /higher than/)
    assert.match(problem(`SELECT * FROM t${' CROSS JOIN t'.repeat(20_000)}`), /higher than/)
    assert.equal(problem(`SELECT 1${' + 1'.repeat(300)}`), 'no error')
    assert.equal(problem(`SELECT ${'a AND '.repeat(20_000)}b`), 'no error')
    assert.equal(problem(`SELECT a IN (1${', 1'.repeat(20_000)})`), 'no error')
  })

  test('a hundred levels are fine', () => {
    assert.doesNotThrow(() => parseExpression(`${'('.repeat(100)}1${')'.repeat(100)}`))
  })
})

test('the nearest word', () => {
  const words = ['SELECT', 'FROM', 'WHERE']
  assert.equal(nearest('SLECT', words), 'SELECT')
  assert.equal(nearest('FORM', words), 'FROM')
  assert.equal(nearest('WEHRE', words), 'WHERE')
  assert.equal(nearest('BANANA', words), undefined)
})
