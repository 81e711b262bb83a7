/** The one suite that every sink runs; what a sink cannot be asked is said with its reason. */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { field, types } from '../../types/data-type.ts'
import { blackhole } from '../blackhole.ts'
import { type Checksum, checksumConnector } from '../checksum.ts'
import { printConnector } from '../print.ts'
import { relationOf, sinkOf, write } from '../relation.fixture.ts'
import type { Sink } from '../sink.ts'
import type { Connector } from '../source.ts'
import { webhook } from '../webhook.ts'
import { fileConnectors } from './file.ts'
import { stdoutTo } from './stdio.ts'

const schema = [field('id', types.bigint, false)]

/** One place that a sink writes to; each call of `sink` is another process that opens it. */
interface Place {
  sink(): Sink
  /** The ids that a reader finds there now, in order; undefined: nothing is kept that could be read. */
  ids?(): Promise<readonly bigint[]>
  clear?(): Promise<void>
}

interface SinkCase {
  readonly name: string
  place(): Promise<Place>
  /** Why a failed step's rows cannot be dropped. */
  readonly leavesAtWrite?: string
  /** Rows are read in whole files, when their epoch is committed or the sink is closed. */
  readonly inWholeFiles?: true
}

const [fileConnector] = fileConnectors
assert.ok(fileConnector !== undefined)
const file: Connector = fileConnector

function fileCase(name: string, text: (bytes: Buffer) => string): SinkCase {
  return {
    name: `file ${name}`,
    place: async () => {
      const directory = await mkdtemp(join(tmpdir(), 'sink-'))
      const path = join(directory, name)
      return {
        sink: () => sinkOf(file, relationOf(file, schema, { path })),
        ids: async () => [...text(await readFile(path)).matchAll(/\d+/g)].map(([id]) => BigInt(id)),
        clear: () => rm(directory, { recursive: true }),
      }
    },
  }
}

const parquetCase: SinkCase = {
  name: 'file out.parquet',
  inWholeFiles: true,
  place: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sink-'))
    return {
      sink: () => sinkOf(file, relationOf(file, schema, { path: join(directory, 'out.parquet') })),
      ids: async () => {
        const names = (await readdir(directory)).filter(name => name.endsWith('.parquet')).sort()
        const files = await Promise.all(
          names.map(async name => parquetReadObjects({ file: await asyncBufferFromFile(join(directory, name)) })),
        )
        return files.flat().map(({ id }) => BigInt(id))
      },
      clear: () => rm(directory, { recursive: true }),
    }
  },
}

const unread = (name: string, connector: Connector, leavesAtWrite: string): SinkCase => ({
  name,
  leavesAtWrite,
  place: async () => ({ sink: () => sinkOf(connector, relationOf(connector, schema)) }),
})

function printCase(): SinkCase {
  let out = ''
  const connector = printConnector({
    write: text => {
      out += text
    },
    writeError: () => undefined,
  })
  return {
    name: 'print',
    leavesAtWrite: 'a line is on the terminal when it is written',
    place: async () => {
      out = ''
      return {
        sink: () => sinkOf(connector, relationOf(connector, schema)),
        ids: async () => [...out.matchAll(/\d+/g)].map(([id]) => BigInt(id)),
      }
    },
  }
}

const stdoutCase: SinkCase = {
  name: 'stdout',
  place: async () => {
    const out = new PassThrough()
    let text = ''
    out.on('data', part => {
      text += part
    })
    return {
      sink: () =>
        sinkOf(
          stdoutTo(() => out),
          relationOf(
            stdoutTo(() => out),
            schema,
          ),
        ),
      ids: async () => [...text.matchAll(/\d+/g)].map(([id]) => BigInt(id)),
    }
  },
}

const webhookCase: SinkCase = {
  name: 'webhook',
  place: async () => {
    const taken = new Map<string, string>()
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', part => {
        body += part
      })
      request.on('end', () => {
        taken.set(String(request.headers['idempotency-key']), body)
        response.end()
      })
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    assert.ok(address !== null && typeof address === 'object')
    return {
      sink: () => sinkOf(webhook, relationOf(webhook, schema, { url: `http://127.0.0.1:${address.port}/` })),
      ids: async () => [...[...taken.values()].join('').matchAll(/\d+/g)].map(([id]) => BigInt(id)),
      clear: async () => {
        server.closeAllConnections()
        await new Promise(resolve => server.close(resolve))
      },
    }
  },
}

/**
 * Not here: in-memory tables, \`memory\` relations, views and what is collected. No sink takes their rows but the session
 * itself, as part of its state: session/kept-rows.test.ts has what they promise.
 */
const cases: readonly SinkCase[] = [
  fileCase('out.ndjson', String),
  fileCase('out.csv', String),
  fileCase('out.ndjson.gz', bytes => gunzipSync(bytes).toString()),
  parquetCase,
  webhookCase,
  printCase(),
  stdoutCase,
  unread('blackhole', blackhole, 'nothing is kept'),
  unread('checksum', checksumConnector(new Map<string, Checksum>()), 'it sums what it is given'),
]

for (const { name, place, leavesAtWrite, inWholeFiles } of cases) {
  const ids = async ({ ids: read }: Place, wanted: readonly bigint[], message: string): Promise<void> => {
    if (read !== undefined) assert.deepEqual(await read(), wanted, `${name}: ${message}`)
  }

  test(`${name}: what was written is there after flush, and nothing is behind`, async () => {
    const at = await place()
    const sink = at.sink()
    await sink.open()
    write(sink, schema, [[1n], [2n]], { epoch: 1n })
    await sink.flush()
    assert.equal(sink.backlog(), 0)
    await ids(at, inWholeFiles ? [] : [1n, 2n], 'flushed')
    await sink.flush()
    write(sink, schema, [[3n]], { epoch: 2n })
    await sink.flush()
    await sink.close()
    await ids(at, [1n, 2n, 3n], 'closed')
    await at.clear?.()
  })

  test(`${name}: several epochs may be open, and a commit can be repeated`, async () => {
    const at = await place()
    const sink = at.sink()
    await sink.open()
    write(sink, schema, [[1n]], { epoch: 1n })
    const first = await sink.prepare(1n)
    write(sink, schema, [[2n]], { epoch: 2n })
    const second = await sink.prepare(2n)
    write(sink, schema, [[3n]], { epoch: 3n })
    await sink.commit(1n, first)
    await sink.commit(1n, first)
    await sink.commit(2n, second)
    await sink.flush()
    await ids(at, inWholeFiles ? [1n, 2n] : [1n, 2n, 3n], 'committed')
    await sink.close()
    await ids(at, [1n, 2n, 3n], 'closed')
    await at.clear?.()
  })

  test(`${name}: a step that fails leaves nothing, the steps before it do`, async () => {
    const at = await place()
    const sink = at.sink()
    await sink.open()
    write(sink, schema, [[1n]], { epoch: 1n })
    write(sink, schema, [[2n]], { epoch: 2n })
    await sink.abort(2n)
    await sink.flush()
    await sink.close()
    if (leavesAtWrite === undefined) await ids(at, [1n], 'aborted')
    await at.clear?.()
  })

  test(`${name}: a program that goes on from a snapshot repeats rows at most as the sink promises`, async () => {
    const at = await place()
    const lost = at.sink()
    await lost.open()
    write(lost, schema, [[1n]], { epoch: 1n })
    const prepared = await lost.prepare(1n)
    write(lost, schema, [[2n]], { epoch: 2n })
    await lost.flush()
    const again = at.sink()
    await again.open(prepared)
    await again.commit(1n, prepared)
    write(again, schema, [[2n]], { epoch: 2n })
    await again.flush()
    await again.close()
    const found = await at.ids?.()
    await lost.close()
    if (found !== undefined) {
      assert.deepEqual([...new Set(found)], [1n, 2n], `${name}: nothing is lost`)
      if (again.delivery === 'exactly-once') assert.deepEqual(found, [1n, 2n], `${name}: nothing is doubled`)
    }
    await at.clear?.()
  })

  test(`${name}: what a program that saves its state wrote behind its last epoch is not published when it fails`, async () => {
    const at = await place()
    const sink = at.sink()
    await sink.open()
    write(sink, schema, [[1n]], { epoch: 1n })
    const prepared = await sink.prepare(1n)
    await sink.commit(1n, prepared)
    write(sink, schema, [[2n]], { epoch: 2n })
    // It fails elsewhere, between two steps.
    await sink.abort(3n)
    await sink.flush()
    await sink.close()
    await ids(at, inWholeFiles ? [1n] : [1n, 2n], 'failed')
    const again = at.sink()
    await again.open(prepared)
    write(again, schema, [[2n]], { epoch: 2n })
    await again.flush()
    await again.close()
    if (again.delivery === 'exactly-once') await ids(at, [1n, 2n], 'gone on')
    await at.clear?.()
  })
}
