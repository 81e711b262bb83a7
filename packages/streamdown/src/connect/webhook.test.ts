import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { test } from 'node:test'
import { RetryableError } from '../errors/error.ts'
import { field, types } from '../types/data-type.ts'
import { coded, relationOf, sinkOf, write } from './relation.fixture.ts'
import type { Sink } from './sink.ts'
import { webhook } from './webhook.ts'

const schema = [field('id', types.bigint), field('who', types.string), field('total', types.decimal(10, 2))]

interface Received {
  readonly method: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A receiver: answers with the statuses in turn, then 200. */
class Receiver {
  readonly received: Received[] = []
  readonly #answers: (number | ((response: ServerResponse) => void))[]
  readonly #server: Server
  #port = 0

  constructor(...answers: (number | ((response: ServerResponse) => void))[]) {
    this.#answers = answers
    this.#server = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8')
      request.on('data', text => {
        body += text
      })
      request.on('end', () => {
        this.received.push({ method: request.method ?? '', headers: request.headers, body })
        const answer = this.#answers.shift() ?? 200
        if (typeof answer === 'function') answer(response)
        else response.writeHead(answer).end(answer === 400 ? 'total is too large\n' : '')
      })
    })
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/alerts`
  }

  get keys(): readonly unknown[] {
    return this.received.map(({ headers }) => headers['idempotency-key'])
  }

  async listen(): Promise<void> {
    await new Promise<void>(resolve => this.#server.listen(this.#port, '127.0.0.1', resolve))
    const address = this.#server.address()
    if (address !== null && typeof address === 'object') this.#port = address.port
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }
}

async function withReceiver(
  answers: ConstructorParameters<typeof Receiver>,
  options: Readonly<Record<string, string>>,
  body: (sink: Sink, receiver: Receiver) => Promise<void>,
): Promise<void> {
  const receiver = new Receiver(...answers)
  await receiver.listen()
  try {
    const relation = relationOf(webhook, schema, { url: receiver.url, 'retry.backoff': '5 ms', ...options })
    const sink = sinkOf(webhook, relation)
    await sink.open()
    await body(sink, receiver)
    await sink.close()
  } finally {
    await receiver.close()
  }
}

const rows = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => [BigInt(from + index), `w"${from + index}\n`, 150n])
const line = (id: number): string => `{"id":${id},"who":"w\\"${id}\\n","total":1.50}`

test('rows go out in batches, in order, each with a key of its own', async () => {
  await withReceiver([], { 'batch.rows': '2', 'headers.Authorization': 'Bearer 1' }, async (sink, receiver) => {
    write(sink, schema, rows(3), { epoch: 7n })
    assert.ok(sink.backlog() > 0)
    await sink.flush()
    write(sink, schema, rows(1, 4), { epoch: 8n })
    await sink.flush()
    assert.equal(sink.backlog(), 0)
    assert.deepEqual(
      receiver.received.map(({ body }) => body),
      [`${line(1)}\n${line(2)}\n`, `${line(3)}\n`, `${line(4)}\n`],
    )
    assert.equal(new Set(receiver.keys).size, 3)
    assert.match(String(receiver.keys[0]), /^t-7-0-[0-9a-f]{16}$/)
    assert.match(String(receiver.keys[2]), /^t-8-0-/)
    assert.equal(receiver.received[0]?.method, 'POST')
    assert.equal(receiver.received[0]?.headers.authorization, 'Bearer 1')
    assert.equal(receiver.received[0]?.headers['content-type'], 'application/x-ndjson')
  })
})

test('bodies are arrays or single rows where asked, and a weight repeats its row', async () => {
  await withReceiver([], { body: 'array' }, async (sink, receiver) => {
    write(sink, schema, rows(2), { weights: [1, 2] })
    await sink.flush()
    assert.deepEqual(
      receiver.received.map(({ body }) => body),
      [`[${line(1)},${line(2)},${line(2)}]`],
    )
    assert.equal(receiver.received[0]?.headers['content-type'], 'application/json')
  })
  await withReceiver([], { body: 'one', method: 'PUT' }, async (sink, receiver) => {
    write(sink, schema, rows(2))
    await sink.flush()
    assert.deepEqual(
      receiver.received.map(({ method, body }) => [method, body]),
      [
        ['PUT', `${line(1)}\n`],
        ['PUT', `${line(2)}\n`],
      ],
    )
  })
})

test('500, 429 and a broken connection are tried again under the same key', async () => {
  const breaks = (response: ServerResponse): void => {
    response.socket?.destroy()
  }
  await withReceiver([500, 429, breaks, 200], {}, async (sink, receiver) => {
    write(sink, schema, rows(1))
    await sink.flush()
    assert.equal(receiver.received.length, 4)
    assert.equal(new Set(receiver.keys).size, 1)
    assert.equal(new Set(receiver.received.map(({ body }) => body)).size, 1)
  })
})

test('the same rows in the same epoch have the same key after a restart', async () => {
  await withReceiver([], {}, async (sink, receiver) => {
    write(sink, schema, rows(2), { epoch: 3n })
    await sink.flush()
    const again = sinkOf(webhook, relationOf(webhook, schema, { url: receiver.url }))
    write(again, schema, rows(2), { epoch: 3n })
    await again.flush()
    assert.equal(receiver.keys[0], receiver.keys[1])
  })
})

test('a receiver that stays broken is named, and nothing is lost when it recovers', async () => {
  await withReceiver([503, 503, 503], { retries: '2', 'batch.rows': '1' }, async (sink, receiver) => {
    write(sink, schema, rows(2))
    await assert.rejects(sink.flush(), error => {
      assert.ok(error instanceof RetryableError)
      return coded('DSD6001', /^DSD6001 Table t: http:.*\/alerts answered 503, at each of 3 tries\./)(error)
    })
    write(sink, schema, rows(1, 3), { epoch: 1n })
    await sink.flush()
    assert.deepEqual(
      receiver.received.slice(3).map(({ body }) => body),
      [`${line(1)}\n`, `${line(2)}\n`, `${line(3)}\n`],
    )
    assert.equal(new Set(receiver.keys.slice(0, 4)).size, 1)
  })
})

test('a receiver that is down is tried until it is up', async () => {
  const receiver = new Receiver()
  await receiver.listen()
  await receiver.close()
  const relation = relationOf(webhook, schema, { url: receiver.url, retries: '1', 'retry.backoff': '5 ms' })
  const sink = sinkOf(webhook, relation)
  write(sink, schema, rows(1))
  await assert.rejects(sink.flush(), coded('DSD6001', /cannot be reached \(.*ECONNREFUSED.*\), at each of 2 tries/))
  assert.ok(sink.backlog() > 0)
  await receiver.listen()
  await sink.flush()
  assert.equal(receiver.received.length, 1)
  await receiver.close()
})

test('400 is final, shows the answer, and keeps the rows', async () => {
  await withReceiver([400], {}, async (sink, receiver) => {
    write(sink, schema, rows(1))
    await assert.rejects(sink.flush(), error => {
      assert.ok(!(error instanceof RetryableError))
      return coded('DSD6001', /answered 400 \(total is too large\), which another try does not mend/)(error as never)
    })
    assert.equal(receiver.received.length, 1)
    assert.ok(sink.backlog() > 0)
    await sink.flush()
    assert.equal(receiver.received[1]?.body, `${line(1)}\n`)
  })
})

test('a redirect is not followed: it would lose the rows', async () => {
  const moved = (response: ServerResponse): void => {
    response.writeHead(301, { location: 'http://elsewhere.example/' }).end()
  }
  await withReceiver([moved], {}, async sink => {
    write(sink, schema, rows(1))
    await assert.rejects(sink.flush(), coded('DSD6001', /answered 301 \(see http:\/\/elsewhere\.example\/\)/))
  })
})

test('a request that hangs is given up after its timeout, and tried again', async () => {
  await withReceiver([() => undefined, 200], { timeout: '300 ms' }, async (sink, receiver) => {
    write(sink, schema, rows(1))
    await sink.flush()
    // More than two on a machine so busy that an answer takes longer than the timeout.
    assert.ok(receiver.received.length >= 2)
    assert.equal(new Set(receiver.keys).size, 1)
    assert.equal(sink.backlog(), 0)
  })
})

test('two flushes at a time send every request once', async () => {
  await withReceiver([500], {}, async (sink, receiver) => {
    write(sink, schema, rows(1))
    await Promise.all([sink.flush(), sink.flush()])
    assert.equal(receiver.received.length, 2)
  })
})

test('options that do not fit are refused with their names', () => {
  const refuse = (options: Readonly<Record<string, string>>, message: RegExp): void => {
    assert.throws(() => sinkOf(webhook, relationOf(webhook, schema, options)), coded('DSD3002', message))
  }
  refuse({}, /option 'url' is required by connector webhook/)
  refuse({ url: 'alerts' }, /'alerts' is not a URL of http or https/)
  refuse({ url: 'file:///etc' }, /not a URL of http or https/)
  refuse({ url: 'http://a', method: 'GET' }, /option 'method' is 'GET'; it takes 'POST', 'PUT'/)
  refuse({ url: 'http://a', 'batch.rows': '0' }, /option 'batch.rows' is '0'; it takes a whole number from 1/)
  refuse({ url: 'http://a', timeout: 'soon' }, /option 'timeout' is 'soon'; it takes a duration/)
  refuse({ url: 'http://a', retry: '3' }, /connector webhook has no option 'retry'; it has url, method/)
  refuse({ url: 'http://a', 'headers.a b': '3' }, /headers/)
})
