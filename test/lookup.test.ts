/** Tables that are asked over HTTP: questions, answers, retries and what is not there. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { createNodeEnvironment } from '../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../packages/streamdown/src/session/create.ts'
import type { Value } from '../packages/streamdown/src/types/value.ts'

const customers: Readonly<Record<string, object>> = {
  1: { id: 1, name: 'Ann', age: 41, since: '2024-05-01 10:00:00' },
  2: { id: 2, name: 'Bob', age: 17 },
}

/** Answers with a customer; `answer` may say something else to the request so many of its path. */
async function withServer(
  answer: (path: string, times: number) => number | undefined,
  use: (url: string, asked: readonly string[]) => Promise<void>,
): Promise<void> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const status = answer(path, asked.filter(one => one === path).length)
    const body = customers[path.slice(1)]
    response.statusCode = status ?? (body === undefined ? 404 : 200)
    response.end(status === undefined && body !== undefined ? JSON.stringify(body) : '')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  try {
    assert.ok(typeof address === 'object' && address !== null)
    await use(`http://127.0.0.1:${address.port}/{id}`, asked)
  } finally {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
}

async function rowsOf(sql: string): Promise<readonly (readonly Value[])[]> {
  const session = await createSession({}, await createNodeEnvironment())
  try {
    const result = (await session.execute(sql)).at(-1)
    return result?.is === 'rows' ? [...result.rows].sort((a, b) => Number(a[0]) - Number(b[0])) : assert.fail('no rows')
  } finally {
    await session.close()
  }
}

const tables = (url: string, more = ''): string => `
  CREATE TABLE customers (id INT, name STRING, age INT, since TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED)
    WITH ('connector' = 'rest', 'url' = '${url}'${more});
  CREATE TABLE orders (id INT, customer INT);
  INSERT INTO orders VALUES (10, 1), (11, 2), (12, 3), (13, NULL), (14, 1);`

test('a lookup join asks for each key, and tests the rest on the answer', () =>
  withServer(
    () => undefined,
    async (url, asked) => {
      const join = (kind: string): string => `${tables(url, ", 'lookup.cache' = 'PARTIAL'")}
        SELECT o.id, c.name, c.since FROM orders AS o ${kind} JOIN customers FOR SYSTEM_TIME AS OF PROCTIME() AS c
          ON o.customer = c.id AND c.age > 18`
      assert.deepEqual(await rowsOf(join('')), [
        [10, 'Ann', 1714557600000000n],
        [14, 'Ann', 1714557600000000n],
      ])
      assert.deepEqual([...asked].sort(), ['/1', '/2', '/3'], 'equal questions are asked once, NULL never')
      assert.deepEqual(
        (await rowsOf(join('LEFT'))).map(([id, name]) => [id, name]),
        [
          [10, 'Ann'],
          [11, null],
          [12, null],
          [13, null],
          [14, 'Ann'],
        ],
      )
    },
  ))

test('the LOOKUP hint: what is not there yet is asked for again', () =>
  withServer(
    (path, times) => (path === '/2' && times < 3 ? 404 : undefined),
    async (url, asked) => {
      const rows = await rowsOf(`${tables(url)}
        SELECT /*+ LOOKUP('table' = 'c', 'retry-predicate' = 'lookup_miss', 'retry-strategy' = 'fixed_delay',
          'fixed-delay' = '1ms', 'max-attempts' = '3') */ o.id, c.name
        FROM orders AS o JOIN customers FOR SYSTEM_TIME AS OF PROCTIME() AS c ON o.customer = c.id`)
      assert.deepEqual(rows, [
        [10, 'Ann'],
        [11, 'Bob'],
        [14, 'Ann'],
      ])
      assert.equal(asked.filter(path => path === '/3').length, 4)
    },
  ))

test('what cannot be looked up is said when the statement is bound', async () => {
  await assert.rejects(
    rowsOf(`${tables('http://127.0.0.1/{id}')}
      SELECT 1 FROM orders AS o JOIN customers FOR SYSTEM_TIME AS OF PROCTIME() AS c ON o.customer > c.id`),
    { code: 'DSD2006' },
  )
  await assert.rejects(
    rowsOf(`${tables('http://127.0.0.1/{id}')}
      SELECT 1 FROM orders AS o JOIN customers FOR SYSTEM_TIME AS OF PROCTIME() AS c ON o.customer = c.age`),
    { code: 'DSD3002' },
  )
})
