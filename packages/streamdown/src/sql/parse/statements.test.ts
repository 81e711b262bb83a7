import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compact } from './compact.fixture.ts'
import { parseStatement, parseStatements } from './parse.ts'

const tree = (sql: string) => compact(parseStatement(sql).statement)
const column = (name: string, type: string | undefined, parts: object = {}) => ({
  is: 'columnDefinition',
  name,
  ...(type === undefined ? {} : { type }),
  ...parts,
})
const option = (key: string, text: string, value = text) => ({ is: 'option', key, text, value })
const one = { is: 'query', body: { is: 'select', items: [{ is: 'selectItem', value: '1' }] } }
const item = (value: string, alias?: string) => ({ is: 'selectItem', value, ...(alias === undefined ? {} : { alias }) })

describe('CREATE TABLE', () => {
  test('in the words of Flink', () => {
    assert.deepEqual(
      tree(`CREATE TEMPORARY TABLE IF NOT EXISTS c.d.t (
        id BIGINT NOT NULL PRIMARY KEY NOT ENFORCED COMMENT 'key',
        \`user\` ROW<a INT NOT NULL, b STRING>,
        cost AS price * 2 COMMENT 'twice',
        p AS PROCTIME(),
        m TIMESTAMP(3) METADATA FROM 'timestamp' VIRTUAL,
        o BIGINT METADATA,
        WATERMARK FOR ts AS ts - INTERVAL '5' SECOND,
        CONSTRAINT pk PRIMARY KEY (id, o) NOT ENFORCED,
      ) COMMENT 'all' DISTRIBUTED BY HASH (id) INTO 4 BUCKETS PARTITIONED BY (a, b)
        WITH ('connector' = 'kafka', a.b-c = 1, x = TRUE, y = kafka) LIKE s (INCLUDING ALL EXCLUDING OPTIONS)`),
      {
        is: 'createTable',
        kind: 'TABLE',
        name: 'c.d.t',
        temporary: true,
        ifNotExists: true,
        columns: [
          column('id', 'BIGINT', { notNull: true, primaryKey: true, comment: 'key' }),
          column('"user"', 'ROW<a INT NOT NULL, b STRING>'),
          column('cost', undefined, { computed: '(price * 2)', comment: 'twice' }),
          column('p', undefined, { computed: 'PROCTIME()' }),
          column('m', 'TIMESTAMP(3)', { metadata: { is: 'metadata', from: 'timestamp', virtual: true } }),
          column('o', 'BIGINT', { metadata: 'metadata' }),
        ],
        constraints: [{ is: 'primaryKey', name: 'pk', columns: ['id', 'o'] }],
        watermarks: [{ is: 'watermark', column: 'ts', value: '(ts - <interval "5" SECOND>)' }],
        partitionedBy: ['a', 'b'],
        distributedBy: ['id'],
        comment: 'all',
        options: [
          option('connector', 'kafka', '"kafka"'),
          option('a.b-c', '1'),
          option('x', 'true'),
          option('y', 'kafka'),
        ],
        like: { is: 'likeClause', table: 's', rules: ['INCLUDING ALL', 'EXCLUDING OPTIONS'] },
      },
    )
  })

  test('in the words of RisingWave', () => {
    assert.deepEqual(
      tree(`CREATE TABLE t (*, a int primary key, b int default 1 + 1, c int as a + b, PRIMARY KEY (a)) APPEND ONLY
        ON CONFLICT DO UPDATE IF NOT NULL WITH VERSION COLUMN (a, b)
        INCLUDE key AS k INCLUDE header 'h' varchar AS h
        WITH (connector = 'kafka') FORMAT PLAIN ENCODE JSON (x = 'y')`),
      {
        is: 'createTable',
        kind: 'TABLE',
        name: 't',
        columns: [
          column('a', 'INT', { primaryKey: true }),
          column('b', 'INT', { default: '(1 + 1)' }),
          column('c', 'INT', { computed: '(a + b)' }),
        ],
        columnsFromSchema: true,
        constraints: [{ is: 'primaryKey', columns: ['a'] }],
        appendOnly: true,
        onConflict: { is: 'onConflict', action: 'UPDATE IF NOT NULL' },
        versionColumns: ['a', 'b'],
        includes: [
          { is: 'include', what: 'KEY', alias: 'k' },
          { is: 'include', what: 'HEADER', field: 'h', type: 'VARCHAR', alias: 'h' },
        ],
        options: [option('connector', 'kafka', '"kafka"')],
        format: { is: 'format', format: 'PLAIN', encode: 'JSON', options: [option('x', 'y', '"y"')] },
      },
    )
  })

  test('in the words of Arroyo and Feldera', () => {
    assert.deepEqual(
      tree(`CREATE TABLE t (timestamp TIMESTAMP NOT NULL, n BIGINT UNSIGNED, g TEXT GENERATED ALWAYS AS (upper(x)) STORED,
        k TEXT METADATA FROM metadata('key'), l TIMESTAMP LATENESS INTERVAL 4 SECONDS WATERMARK INTERVAL '1' SECOND,
        r BIGINT FOREIGN KEY REFERENCES u(id), WATERMARK FOR timestamp, FOREIGN KEY (r) REFERENCES u(id), CHECK (n > 0))`),
      {
        is: 'createTable',
        kind: 'TABLE',
        name: 't',
        columns: [
          column('timestamp', 'TIMESTAMP', { notNull: true }),
          column('n', 'BIGINT UNSIGNED'),
          column('g', 'TEXT', { computed: 'upper(x)', storage: 'STORED' }),
          column('k', 'TEXT', { metadata: { is: 'metadata', from: 'key' } }),
          column('l', 'TIMESTAMP', { lateness: '<interval 4 SECOND>', watermark: '<interval "1" SECOND>' }),
          column('r', 'BIGINT', { references: 'u' }),
        ],
        constraints: [
          { is: 'foreignKey', columns: ['r'], table: 'u', referenced: ['id'] },
          { is: 'check', condition: '(n > 0)' },
        ],
        watermarks: [{ is: 'watermark', column: 'timestamp' }],
      },
    )
  })

  test('AS, without columns, from a source', () => {
    assert.deepEqual(tree(`CREATE TABLE t WITH (a = 'b') AS SELECT 1`), {
      is: 'createTable',
      kind: 'TABLE',
      name: 't',
      options: [option('a', 'b', '"b"')],
      as: one,
    })
    assert.deepEqual(tree('CREATE OR REPLACE SOURCE s (a INT) FROM u'), {
      is: 'createTable',
      kind: 'SOURCE',
      name: 's',
      orReplace: true,
      columns: [column('a', 'INT')],
      from: 'u',
    })
  })
})

describe('statements', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    [
      'CREATE OR REPLACE TEMPORARY VIEW v (a, b) AS SELECT 1',
      { is: 'createView', name: 'v', orReplace: true, temporary: true, columns: ['a', 'b'], query: one },
    ],
    [
      'CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT 1',
      { is: 'createView', name: 'v', materialized: true, ifNotExists: true, query: one },
    ],
    ['CREATE LOCAL VIEW v AS SELECT 1', { is: 'createView', name: 'v', local: true, query: one }],
    [
      "CREATE SINK s INTO t (a) AS SELECT 1 WITH (type = 'upsert')",
      {
        is: 'createSink',
        name: 's',
        into: 't',
        columns: ['a'],
        as: one,
        options: [option('type', 'upsert', '"upsert"')],
      },
    ],
    [
      'CREATE FUNCTION f(a VARCHAR, b INT NOT NULL) RETURNS VARCHAR NOT NULL AS SPLIT(a, b)[b + 1]',
      {
        is: 'createFunction',
        name: 'f',
        parameters: [
          { is: 'parameterDefinition', name: 'a', type: 'VARCHAR' },
          { is: 'parameterDefinition', name: 'b', type: 'INT NOT NULL' },
        ],
        returns: 'VARCHAR NOT NULL',
        body: 'SPLIT(a, b)[(b + 1)]',
      },
    ],
    [
      'CREATE FUNCTION f(int, int) RETURNS int LANGUAGE sql AS $$SELECT $1$$',
      {
        is: 'createFunction',
        name: 'f',
        parameters: [
          { is: 'parameterDefinition', type: 'INT' },
          { is: 'parameterDefinition', type: 'INT' },
        ],
        returns: 'INT',
        language: 'SQL',
        source: 'SELECT $1',
      },
    ],
    [
      'CREATE INDEX i ON t (a DESC, b) INCLUDE (c)',
      { is: 'createIndex', name: 'i', table: 't', columns: ['a DESC', 'b'], include: ['c'] },
    ],
    ['CREATE TYPE ty AS (a INT)', { is: 'createType', name: 'ty', type: 'ROW<a INT>' }],
    ['CREATE SCHEMA IF NOT EXISTS s', { is: 'createNamespace', kind: 'SCHEMA', name: 's', ifNotExists: true }],
    [
      'DROP TABLE IF EXISTS a, b CASCADE',
      { is: 'drop', kind: 'TABLE', names: ['a', 'b'], ifExists: true, cascade: true },
    ],
    ['DROP MATERIALIZED VIEW v', { is: 'drop', kind: 'MATERIALIZED VIEW', names: ['v'] }],
    ['INSERT INTO t (a, b.c) SELECT 1', { is: 'insert', table: 't', columns: ['a', 'b.c'], source: one }],
    ['INSERT INTO t (SELECT 1)', { is: 'insert', table: 't', source: one }],
    ['INSERT INTO t DEFAULT VALUES', { is: 'insert', table: 't' }],
    [
      "INSERT OVERWRITE t PARTITION (p = 'x', q) SELECT 1",
      {
        is: 'insert',
        overwrite: true,
        table: 't',
        partition: [
          { is: 'partitionValue', column: 'p', value: '"x"' },
          { is: 'partitionValue', column: 'q' },
        ],
        source: one,
      },
    ],
    [
      'INSERT INTO t SELECT 1 ON CONFLICT (a) DO UPDATE SET b = excluded.b WHERE c RETURNING a, b AS d',
      {
        is: 'insert',
        table: 't',
        source: one,
        onConflict: {
          is: 'onConflict',
          columns: ['a'],
          action: 'UPDATE',
          assignments: [{ is: 'assignment', columns: ['b'], value: 'excluded.b' }],
          where: 'c',
        },
        returning: [item('a'), item('b', 'd')],
      },
    ],
    [
      'UPDATE t AS x SET a = DEFAULT, (b, c) = (1, 2) FROM u WHERE d RETURNING *',
      {
        is: 'update',
        table: 't',
        alias: 'x',
        assignments: [
          { is: 'assignment', columns: ['a'], value: 'default' },
          { is: 'assignment', columns: ['b', 'c'], value: 'row(1, 2)' },
        ],
        from: [{ is: 'table', name: 'u' }],
        where: 'd',
        returning: [item('*')],
      },
    ],
    [
      'DELETE FROM t x USING u WHERE a',
      { is: 'delete', table: 't', alias: 'x', using: [{ is: 'table', name: 'u' }], where: 'a' },
    ],
    ['TRUNCATE TABLE t', { is: 'truncate', tables: ['t'] }],
    [
      "ALTER TABLE t ADD COLUMN a INT DEFAULT 1, DROP COLUMN IF EXISTS b, RENAME c TO d, SET ('k' = 'v')",
      {
        is: 'alterTable',
        kind: 'TABLE',
        name: 't',
        actions: [
          { is: 'addColumn', column: column('a', 'INT', { default: '1' }) },
          { is: 'dropColumn', column: 'b', ifExists: true },
          { is: 'renameColumn', from: 'c', to: 'd' },
          { is: 'setOptions', options: [option('k', 'v', '"v"')] },
        ],
      },
    ],
    ["SET 'a.b' = 'x'", { is: 'set', key: 'a.b', text: 'x' }],
    ['SET table.local-time-zone = UTC', { is: 'set', key: 'table.local-time-zone', text: 'UTC' }],
    ['SET RW_IMPLICIT_FLUSH TO true', { is: 'set', key: 'RW_IMPLICIT_FLUSH', text: 'true' }],
    ["SET TIME ZONE 'Europe/Prague'", { is: 'set', key: 'timezone', text: 'Europe/Prague' }],
    ['SET path = a, "b"', { is: 'set', key: 'path', text: 'a, b' }],
    ['SET x TO DEFAULT', { is: 'set', key: 'x' }],
    ['RESET ALL', 'reset'],
    ['RESET a.b', { is: 'reset', key: 'a.b' }],
    ["SHOW TABLES LIKE 'a%'", { is: 'show', what: 'TABLES', like: { pattern: 'a%' } }],
    [
      "SHOW COLUMNS IN t NOT ILIKE '%a'",
      { is: 'show', what: 'COLUMNS', name: 't', like: { pattern: '%a', negated: true, ignoresCase: true } },
    ],
    ['SHOW CREATE TABLE t', { is: 'show', what: 'CREATE TABLE', name: 't' }],
    ['SHOW timezone', { is: 'show', what: '', name: 'timezone' }],
    ['DESCRIBE EXTENDED t', { is: 'describe', of: 't', extended: true }],
    ['EXPLAIN PLAN FOR SELECT 1', { is: 'explain', details: ['PLAN FOR'], statement: one }],
    ['EXPLAIN (VERBOSE, TRACE) SELECT 1', { is: 'explain', details: ['VERBOSE', 'TRACE'], statement: one }],
    ['USE CATALOG c', { is: 'use', kind: 'CATALOG', name: 'c' }],
    ['FLUSH', 'flush'],
    ['BEGIN', { is: 'transaction', action: 'BEGIN' }],
    [
      'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 1; END',
      {
        is: 'statementSet',
        inserts: [
          { is: 'insert', table: 'a', source: one },
          { is: 'insert', table: 'b', source: one },
        ],
      },
    ],
    [
      'BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END',
      { is: 'statementSet', inserts: [{ is: 'insert', table: 'a', source: one }] },
    ],
  ]
  for (const [sql, expected] of cases) test(sql, () => assert.deepEqual(tree(sql), expected))

  test('WITH before INSERT stays with it', () => {
    const parsed = parseStatement('WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x').statement
    assert.equal(parsed.is === 'insert' && parsed.with?.tables.length, 1)
  })
})

describe('texts of several statements', () => {
  test('each keeps its text and place', () => {
    const text = "-- first\nSELECT 1 ;;\nINSERT INTO t VALUES ('a;b') -- last\n;"
    assert.deepEqual(
      parseStatements(text).map(({ text: own, at }) => [own, at.start]),
      [
        ['SELECT 1', 9],
        ["INSERT INTO t VALUES ('a;b')", 21],
      ],
    )
  })

  test('nothing is no statement', () => {
    assert.deepEqual(parseStatements(' ;; -- nothing\n/* at all */'), [])
    assert.throws(() => parseStatement(''), { code: 'DSD1001' })
    assert.throws(() => parseStatement('SELECT 1; SELECT 2'), { code: 'DSD1001', message: /found another/ })
  })
})
