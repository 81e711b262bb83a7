import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { createMemory } from '../../batch/linear-memory.ts'
import { field, types } from '../../types/data-type.ts'
import { coded, drain, open, relationOf, sourceOf } from '../relation.fixture.ts'
import type { PartitionReader } from '../source.ts'
import { http } from './http.ts'

const schema = [field('id', types.bigint), field('name', types.string)]

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return address !== null && typeof address === 'object' ? address.port : 0
}

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers: Headers
}

type Post = (body: string | Uint8Array<ArrayBuffer>, init?: RequestInit & { readonly path?: string }) => Promise<Answer>

async function withHttp(
  options: Readonly<Record<string, string>>,
  body: (post: Post, reader: PartitionReader, port: number) => Promise<void>,
): Promise<void> {
  const port = await freePort()
  const relation = relationOf(http, schema, { port: String(port), ...options })
  const reader = await open(sourceOf(http, relation), relation)
  const post: Post = async (content, { path = options.path ?? '/', ...init } = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: content, ...init })
    return { status: response.status, body: await response.json(), headers: response.headers }
  }
  try {
    await body(post, reader, port)
  } finally {
    await reader.close()
  }
}

const json = { headers: { 'content-type': 'application/json' } }
const memory = createMemory()

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 500, 'it never happened')
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

test('one object, an array and NDJSON are taken, in order of arrival', async () => {
  await withHttp({ path: '/events' }, async (post, reader) => {
    assert.equal(reader.state(), 'idle')
    const ready = reader.ready()
    const first = await post('{"id":1,"name":"a"}', json)
    assert.deepEqual([first.status, first.body], [202, { accepted: 1 }])
    await ready
    assert.equal(reader.state(), 'ready')
    const second = await post('[{"id":2},\n{"id":3,"name":"c\\nd"}]', json)
    assert.deepEqual(second.body, { accepted: 2 })
    const third = await post('{"id":4}\n{"id":5}\n', { headers: { 'content-type': 'application/x-ndjson' } })
    assert.deepEqual(third.body, { accepted: 2 })
    assert.deepEqual((await post('', json)).body, { accepted: 0 })
    assert.deepEqual(drain(reader, { memory }), {
      rows: [
        [1n, 'a'],
        [2n, null],
        [3n, 'c\nd'],
        [4n, null],
        [5n, null],
      ],
      dead: [],
    })
    assert.equal(reader.state(), 'idle')
  })
})

test('row by row gives the same rows as all at once', async () => {
  await withHttp({}, async (post, reader) => {
    const body = Array.from({ length: 300 }, (_, id) => `{"id":${id},"name":"${'n'.repeat(id)}"}\n`).join('')
    await post(body)
    await post(body)
    const { rows } = drain(reader, { memory, maxRows: 1 })
    assert.deepEqual(
      rows.map(row => row[0]),
      Array.from({ length: 600 }, (_, at) => BigInt(at % 300)),
    )
    assert.ok(rows.every(row => String(row[1]).length === Number(row[0])))
  })
})

test('a malformed record is a dead letter with its place, and its neighbours are kept', async () => {
  await withHttp({}, async (post, reader) => {
    assert.deepEqual((await post('[{"id":1},{"id":"x"},{"id":3}]', json)).body, { accepted: 3 })
    await post('{"id":4}\n{"id":5,\n{"id":6}\n')
    await post(
      new Uint8Array([...new TextEncoder().encode('{"id":7}\n{"name":"'), 0xff, ...new TextEncoder().encode('"}')]),
    )
    await post('{"id":8}')
    const { rows, dead } = drain(reader, { memory })
    assert.deepEqual(
      rows.map(row => row[0]),
      [1n, 3n, 4n, 6n, 7n, 8n],
    )
    assert.deepEqual(
      dead.map(letter => [letter.code, letter.text.trim()]),
      [
        ['DSD4001', '{"id":"x"}'],
        ['DSD4001', '{"id":5,'],
        ['DSD4001', '{"name":"\ufffd"}'],
      ],
    )
    assert.equal(new Set(dead.map(({ position }) => position)).size, 3)
  })
})

test('a full queue answers 429 and takes nothing; when it has room again everything goes on', async () => {
  await withHttp({ 'queue.bytes': '100' }, async (post, reader) => {
    const body = (id: number): string => `{"id":${id},"name":"${'x'.repeat(40)}"}\n`
    assert.equal((await post(body(1))).status, 202)
    const refused = await post(body(2))
    assert.deepEqual([refused.status, refused.body], [429, { error: 'the queue is full' }])
    assert.equal(refused.headers.get('retry-after'), '1')
    assert.equal(drain(reader, { memory }).rows.length, 1)
    assert.equal((await post(body(2))).status, 202)
    assert.deepEqual(
      drain(reader, { memory }).rows.map(row => row[0]),
      [2n],
    )
  })
})

test('many requests at once keep within the queue, and each is taken wholly or refused', async () => {
  await withHttp({ 'queue.bytes': '1000' }, async (post, reader) => {
    const body = (id: number): string => `[{"id":${id}},{"id":${id}}]`.padEnd(100)
    const answers = await Promise.all(Array.from({ length: 40 }, (_, id) => post(body(id), json)))
    const taken = answers.flatMap(({ status }, id) => (status === 202 ? [id] : []))
    assert.ok(answers.every(({ status }) => status === 202 || status === 429))
    assert.ok(taken.length > 0 && taken.length <= 40)
    const ids = drain(reader, { memory }).rows.map(row => Number(row[0]))
    assert.deepEqual(
      ids.sort((a, b) => a - b),
      taken.flatMap(id => [id, id]),
    )
  })
})

test('a body that is too large is refused with 413, announced or not, and the next is taken', async () => {
  await withHttp({ 'max-body.bytes': '1 kb' }, async (post, reader) => {
    const large = `{"id":1,"name":"${'x'.repeat(300_000)}"}`
    const announced = await post(large, json)
    assert.deepEqual([announced.status, announced.body], [413, { error: 'a body may have 1024 bytes' }])
    const stream = new Blob([large]).stream()
    const chunked = await post('', { body: stream, duplex: 'half' } as RequestInit)
    assert.equal(chunked.status, 413)
    assert.equal((await post('{"id":2}')).status, 202)
    assert.deepEqual(drain(reader, { memory }).rows, [[2n, null]])
  })
})

test('what is no row is refused with the reason', async () => {
  await withHttp({ path: '/in' }, async (post, reader) => {
    const elsewhere = await post('{"id":1}', { path: '/' })
    assert.deepEqual([elsewhere.status, elsewhere.body], [404, { error: 'rows are taken at /in' }])
    const put = await post('{"id":1}', { method: 'PUT' })
    assert.deepEqual([put.status, put.headers.get('allow')], [405, 'POST'])
    assert.equal((await post('{"id":1}', { headers: { 'content-encoding': 'gzip' } })).status, 415)
    const open = await post('[{"id":1},{"id":2}', json)
    assert.deepEqual([open.status, (open.body as { error: string }).error.includes('not closed')], [400, true])
    assert.equal(reader.state(), 'idle')
  })
})

test('a request that breaks off is not taken, and leaves its room', async () => {
  await withHttp({ 'queue.bytes': '100' }, async (post, reader, port) => {
    await new Promise<void>(resolve => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 90\r\n\r\n{"id":1,"name":"`, () =>
          setTimeout(() => socket.destroy(), 20),
        )
      })
      socket.on('close', () => resolve())
    })
    let status = 429
    for (let tries = 0; status === 429 && tries < 100; tries++) {
      status = (await post(`{"id":2,"name":"${'x'.repeat(70)}"}`)).status
      if (status === 429) await new Promise(resolve => setTimeout(resolve, 10))
    }
    assert.equal(status, 202)
    assert.deepEqual(
      drain(reader, { memory }).rows.map(row => row[0]),
      [2n],
    )
  })
})

test('requests that arrive too slowly get 408 and leave their room', async () => {
  await withHttp({ 'queue.bytes': '200', 'request.timeout': '150 ms' }, async (post, reader, port) => {
    const slow = Array.from(
      { length: 2 },
      () =>
        new Promise<string>(resolve => {
          let answered = ''
          const socket = connect(port, '127.0.0.1', () => {
            socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"id":1,"name":"${'x'.repeat(80)}`)
          })
          socket.on('data', part => {
            answered += part
          })
          socket.on('close', () => resolve(answered))
        }),
    )
    const body = `{"id":2,"name":"${'x'.repeat(70)}"}`
    await until(async () => (await post(body)).status === 429)
    const before = drain(reader, { memory }).rows.length
    for (const answered of await Promise.all(slow)) assert.match(answered, /^HTTP\/1\.1 408 .*took too long to arrive/s)
    assert.equal((await post(body)).status, 202)
    assert.deepEqual(drain(reader, { memory }).rows, [[2n, 'x'.repeat(70)]])
    assert.ok(before <= 2, 'only what fitted beside them')
  })
})

test('headers without end are refused, and requests go on', async () => {
  await withHttp({}, async (post, _reader, port) => {
    const answered = await new Promise<string>(resolve => {
      let text = ''
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`POST / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(100_000)}`)
      })
      socket.on('error', () => undefined)
      socket.on('data', part => {
        text += part
      })
      socket.on('close', () => resolve(text))
    })
    assert.match(answered, /^HTTP\/1\.1 431 /)
    assert.equal((await post('{"id":1}', json)).status, 202)
  })
})

test('a busy port is DSD3003 and named', async () => {
  const server = createServer()
  const port = await freePort()
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const relation = relationOf(http, schema, { port: String(port) })
  await assert.rejects(
    open(sourceOf(http, relation), relation),
    coded('DSD3003', new RegExp(`Table t: cannot listen at 127\\.0\\.0\\.1:${port}: another program listens there`)),
  )
  await new Promise(resolve => server.close(resolve))
  const reader = await open(sourceOf(http, relation), relation)
  await reader.close()
})

test('tables share a port; all readers of a path get each row', async () => {
  await withHttp({ path: '/a' }, async (post, reader, port) => {
    const options = { port: String(port) }
    const twin = relationOf(http, schema, { ...options, path: '/a' })
    const other = relationOf(http, [field('v', types.string)], { ...options, path: '/b', format: 'raw' })
    const twinReader = await open(sourceOf(http, twin), twin)
    const otherReader = await open(sourceOf(http, other), other)
    await post('{"id":1}')
    await post('x,y', { path: '/b' })
    assert.deepEqual(drain(reader, { memory }).rows, [[1n, null]])
    assert.deepEqual(drain(twinReader, { memory }).rows, [[1n, null]])
    assert.deepEqual(drain(otherReader, { memory }).rows, [['x,y']])
    await twinReader.close()
    await otherReader.close()
    assert.equal((await post('', { path: '/b' })).status, 404)
    assert.equal((await post('{"id":2}')).status, 202)
  })
})

test('CSV comes in as well; after the end nothing waits', async () => {
  await withHttp({ format: 'csv' }, async (post, reader) => {
    await post('1,a\nx,b\n')
    await post('2,"c,d"')
    const { rows, dead } = drain(reader, { memory })
    assert.deepEqual(rows, [
      [1n, 'a'],
      [2n, 'c,d'],
    ])
    assert.deepEqual(
      dead.map(({ text }) => text.trim()),
      ['x,b'],
    )
    const ready = reader.ready()
    await reader.close()
    await ready
    assert.equal(reader.state(), 'ended')
  })
})

test('options that do not fit are refused with their names', () => {
  const refuse = (options: Readonly<Record<string, string>>, message: RegExp): void => {
    assert.throws(() => sourceOf(http, relationOf(http, schema, options)), coded('DSD3002', message))
  }
  refuse({}, /option 'port' is required/)
  refuse({ port: '70000' }, /option 'port' is '70000'; it takes a whole number from 1 to 65535/)
  refuse({ port: '1', path: 'in' }, /option 'path' is 'in'; it takes a path such as/)
  refuse({ port: '1', 'queue.bytes': 'much' }, /option 'queue.bytes' is 'much'; it takes a size such as '16 mb'/)
  refuse({ port: '1', format: 'parquet' }, /parquet cannot be streamed/)
  refuse({ port: '1', format: 'csv', 'csv.header': 'true' }, /option 'csv.header' is 'true'/)
  refuse({ port: '1', queue: '1' }, /has no option 'queue'/)
  refuse({ port: '1', 'json.lenient': 'true' }, /format json has no option 'lenient'/)
})
