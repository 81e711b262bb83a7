import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bound, explained } from '../../../test/sql-plans.ts'
import { derive } from '../../plan/properties.ts'
import { types } from '../../types/data-type.ts'

const before = `CREATE TABLE stock (id INT PRIMARY KEY NOT ENFORCED, name STRING NOT NULL, price DECIMAL(10, 2) DEFAULT 1.5, gross AS price * 2);`

const plain = (text: string) => text.replace(/ +\{.*\}/g, '')

test('CREATE TABLE: physical, metadata and computed columns, event time', () => {
  const made = bound(`CREATE TABLE logs (
    line STRING, at TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL, text STRING NOT NULL,
    ts AS TO_TIMESTAMP(text), WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
  ) WITH ('connector' = 'kafka', topic = 'x')`)
  assert.ok(made.is === 'createTable')
  const { relation, columns, plan } = made.table
  assert.deepEqual(
    relation.schema.map(f => f.name),
    ['line', 'at', 'text'],
  )
  assert.deepEqual(relation.metadata, { 1: 'timestamp' })
  assert.deepEqual(relation.options, { connector: 'kafka', topic: 'x' })
  assert.equal(relation.changes, 'append')
  assert.deepEqual(
    columns.map(c => [c.name, c.kind, c.nullable]),
    [
      ['line', 'physical', true],
      ['at', 'metadata', true],
      ['text', 'physical', false],
      ['ts', 'computed', true],
    ],
  )
  assert.ok(plan.is === 'project')
  assert.deepEqual(plan.watermark, { column: 3, delay: 60_000_000n })
})

test('event time on a physical column, by lateness and by option', () => {
  const times = [
    "CREATE TABLE a (x INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH (connector = 'kafka')",
    "CREATE TABLE a (x INT, ts TIMESTAMP(3) NOT NULL LATENESS INTERVAL 4 SECONDS) WITH (connector = 'kafka')",
  ]
  for (const sql of times) {
    const made = bound(sql)
    assert.ok(made.is === 'createTable')
    assert.deepEqual(made.table.relation.eventTime, { column: 1, delay: 4_000_000n })
  }
  const option = bound("CREATE TABLE a (x INT, ts TIMESTAMP) WITH (connector = 'single_file', event_time_field = 'ts')")
  assert.ok(option.is === 'createTable')
  assert.deepEqual(option.table.relation.eventTime, { column: 1, delay: 0n })
  assert.equal(option.table.relation.bounded, true)
})

test('what rows of a source are', () => {
  const changes = (columns: string, options: string) => {
    const made = bound(`CREATE TABLE a (${columns}) ${options}`)
    assert.ok(made.is === 'createTable')
    return made.table.relation.changes
  }
  assert.equal(changes('x INT', ''), 'retract')
  assert.equal(changes('x INT', "WITH (connector = 'kafka')"), 'append')
  assert.equal(changes('x INT', "WITH (connector = 'kafka', format = 'debezium-json')"), 'retract')
  assert.equal(changes('x INT PRIMARY KEY NOT ENFORCED', "WITH (connector = 'upsert-kafka')"), 'upsert')
  assert.equal(
    changes('x INT PRIMARY KEY NOT ENFORCED', "WITH (connector = 'values', 'changelog-mode' = 'I,UA,D')"),
    'upsert',
  )
})

test('INSERT: by position, by name, defaults, computed columns left out', () => {
  const insert = bound("INSERT INTO stock (name, id) VALUES ('pen', 1), ('ink', DEFAULT)", { before })
  assert.ok(insert.is === 'insert')
  assert.deepEqual(
    insert.plan.schema.map(f => f.name),
    ['id', 'name', 'price'],
  )
  assert.ok(insert.literal)
  assert.equal(
    plain(explained('INSERT INTO stock SELECT id + 1, name, gross FROM stock', { before })),
    'Project: id + 1 AS id, name, CAST(price * 2 AS DECIMAL(10, 2)) AS price\n  Scan stock (memory): all columns',
  )
})

test('a sink without columns takes those of its INSERT', () => {
  const insert = bound('INSERT INTO out SELECT id, name FROM stock', {
    before: `${before} CREATE TABLE out WITH (connector = 'print');`,
  })
  assert.ok(insert.is === 'insert')
  assert.deepEqual(
    insert.table.relation.schema.map(f => f.name),
    ['id', 'name'],
  )
  assert.equal(insert.table.open, false)
})

test('UPDATE gives rows before and after, DELETE the rows', () => {
  assert.equal(
    plain(explained("UPDATE stock SET price = price + 1 WHERE name LIKE 'p%'", { before })),
    "Project: id, name, price, id, name, CAST(price + 1 AS DECIMAL(10, 2)) AS price\n  Filter: LIKE(name, 'p%')\n    Scan stock (memory): all columns",
  )
  const remove = bound('DELETE FROM stock WHERE gross > 10 RETURNING name, gross', { before })
  assert.ok(remove.is === 'delete')
  assert.deepEqual(
    remove.plan.schema.map(f => f.name),
    ['id', 'name', 'price'],
  )
  assert.deepEqual(
    remove.returning?.schema.map(f => f.name),
    ['name', 'gross'],
  )
})

test('ON CONFLICT DO UPDATE is over the stored row and the inserted one', () => {
  const insert = bound(
    "INSERT INTO stock (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET price = stock.price + excluded.price",
    {
      dialect: 'postgres',
      before: before.replace(' NOT ENFORCED', ''),
    },
  )
  assert.ok(insert.is === 'insert' && insert.conflict.action === 'update')
  assert.deepEqual(insert.conflict.columns, [2])
})

test('a materialized view is read as its kept rows', () => {
  const create = `${before} CREATE MATERIALIZED VIEW sums AS SELECT name, COUNT(*) AS n FROM stock GROUP BY name;`
  const made = bound(create)
  assert.ok(made.is === 'createMaterializedView')
  assert.deepEqual(made.view.reads, ['stock'])
  assert.deepEqual(made.view.relation?.primaryKey, [0])
  assert.equal(plain(explained('SELECT n FROM sums', { before: create })), 'Scan sums (view): n of 2 columns')
})

test('DROP CASCADE names what depends first', () => {
  const create = `${before} CREATE VIEW a AS SELECT id FROM stock; CREATE VIEW b AS SELECT id FROM a;`
  const drop = bound('DROP TABLE stock CASCADE', { before: create })
  assert.ok(drop.is === 'drop')
  assert.deepEqual(drop.names, ['b', 'a', 'stock'])
})

test('an SQL function stands for its body', () => {
  const create = 'CREATE FUNCTION plus_tax(x INT, rate INT) RETURNS BIGINT AS x + x * rate;'
  assert.equal(
    plain(explained('SELECT plus_tax(2, id) AS t FROM stock', { before: before + create })),
    'Project: CAST(2 + (2 * id) AS BIGINT) AS t\n  Scan stock (memory): id of 3 columns',
  )
})

test('types by name', () => {
  const made = bound(
    'CREATE TABLE a (a DECIMAL, b NUMERIC(5), c VARCHAR(3), d TIMESTAMP(9), e ROW<x INT NOT NULL, y STRING>, f INT ARRAY, g MAP<STRING, DOUBLE>, h FLOAT)',
  )
  assert.ok(made.is === 'createTable')
  assert.deepEqual(
    made.table.columns.map(c => c.type),
    [
      types.decimal(10, 0),
      types.decimal(5, 0),
      { is: 'string', length: 3 },
      types.timestamp(6),
      types.row([
        { name: 'x', type: types.int, nullable: false },
        { name: 'y', type: types.string, nullable: true },
      ]),
      types.array(types.int),
      types.map(types.string, types.double),
      types.real,
    ],
  )
})

test('statements without effect, settings, explain', () => {
  assert.deepEqual(bound('FLUSH'), { is: 'nothing', what: 'FLUSH' })
  assert.deepEqual(bound("SET 'a.b' = 'c'"), { is: 'set', key: 'a.b', value: 'c' })
  const explain = bound('EXPLAIN SELECT 1')
  assert.ok(explain.is === 'explain' && explain.statement.is === 'select')
})

test('LATE takes the operator that closes, also of a kept view', () => {
  const create = `CREATE TABLE e (k INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (connector = 'kafka');
    CREATE MATERIALIZED VIEW w AS SELECT k, window_end, COUNT(*) AS n
      FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end;`
  const late = bound('SELECT * FROM LATE(TABLE w)', { before: create })
  assert.ok(late.is === 'select')
  assert.deepEqual(
    late.plan.schema.map(f => f.name),
    ['k', 'ts', 'window_start', 'window_end', 'window_time', 'windows_missed', 'windows_total'],
  )
})

test('rows with a NULL where none may be are dropped by setting, nested ones too', () => {
  const create = `CREATE TABLE src (a ROW<id INT, b ROW<c INT>>) WITH (connector = 'kafka');
    CREATE TABLE snk (a ROW<id INT NOT NULL, b ROW<c INT NOT NULL>> NOT NULL) WITH (connector = 'kafka');`
  const text = explained('INSERT INTO snk SELECT * FROM src', {
    before: create,
    settings: { sink_not_null: 'drop', sink_nested_not_null: 'rows' },
  })
  assert.match(text, /Filter: a IS NOT NULL AND \(?TYPE_BREACH\(a, NULL, 'null', 'rows'\) IS NULL/)
})

test('a check of NOT NULL leaves a key what it is', () => {
  const create = `CREATE TABLE src (k STRING) WITH (connector = 'kafka');
    CREATE TABLE snk (k STRING PRIMARY KEY NOT ENFORCED, n BIGINT) WITH (connector = 'kafka');`
  const insert = bound('INSERT INTO snk SELECT k, COUNT(*) FROM src GROUP BY k', { before: create })
  assert.ok(insert.is === 'insert')
  assert.equal(insert.plan.schema.length, 2)
  assert.deepEqual(derive(insert.plan).keys, [[0]])
})
