import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { test } from 'node:test'
import { createSession } from '../../session/create.ts'
import { coded } from '../relation.fixture.ts'
import { createNodeEnvironment } from './environment.ts'

async function listening(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : 0
}

const closed = (server: Server): Promise<void> => new Promise(resolve => server.close(() => resolve()))

/** Rows in by HTTP, filtered, out to a webhook that answers as told; ends when `done` says so. */
async function run(
  answers: number[],
  bodies: readonly string[],
  done: (received: readonly string[]) => boolean,
): Promise<{ readonly received: readonly string[]; readonly dead: number }> {
  const received: string[] = []
  const receiver = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', text => {
      body += text
    })
    request.on('end', () => {
      const status = answers.shift() ?? 200
      if (status === 200) received.push(...body.trimEnd().split('\n'))
      response.writeHead(status).end()
    })
  })
  const out = await listening(receiver)
  const probe = createServer()
  const port = await listening(probe)
  await closed(probe)
  const session = await createSession({}, await createNodeEnvironment())
  try {
    await session.execute(`
      CREATE TABLE payments (id BIGINT, amount DECIMAL(10, 2)) WITH ('connector' = 'http', 'port' = '${port}');
      CREATE TABLE alerts (id BIGINT, amount DECIMAL(10, 2)) WITH (
        'connector' = 'webhook', 'url' = 'http://127.0.0.1:${out}/', 'retry.backoff' = '5 ms', 'retries' = '2');
      INSERT INTO alerts SELECT id, amount FROM payments WHERE amount > 10`)
    let answered = 0
    const running = session.run({ stop: () => answered === bodies.length && done(received) })
    for (const body of bodies) {
      const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body })
      assert.equal(response.status, 202)
      answered += 1
    }
    await running
    return { received, dead: session.deadLetters().length }
  } finally {
    // Closing flushes once more, and a broken receiver fails that too.
    await session.close().catch(() => undefined)
    receiver.closeAllConnections()
    await closed(receiver)
  }
}

const bodies = ['{"id":1,"amount":12.5}', '{"id":2,"amount":3}\n{"id":3,"amount":"much"}\n{"id":4,"amount":99.99}\n']

test('rows come in by HTTP and go out to a webhook that fails at first; the malformed one is a dead letter', async () => {
  const { received, dead } = await run([503, 429], bodies, rows => rows.length === 2)
  assert.deepEqual(received, ['{"id":1,"amount":12.50}', '{"id":4,"amount":99.99}'])
  assert.equal(dead, 1)
})

test('a webhook that stays broken ends the program with its name', { timeout: 20_000 }, async () => {
  await assert.rejects(
    run([500, 500, 500, 500, 500, 500], bodies.slice(0, 1), () => false),
    coded('DSD6001', /Table alerts: http:.* answered 500, at each of 3 tries/),
  )
})
