import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Batch } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { StreamdownError } from '../../errors/error.ts'
import { type Decoder, PADDING } from '../../formats/format.ts'
import { createJsonDecoder } from '../../formats/json.ts'
import type { Relation } from '../../plan/nodes/node.ts'
import { integerOption, textOption } from '../options.ts'
import type { Connector, DeadLetters, OptionDefinition, PartitionReader, Source, SourceContext } from '../source.ts'
import { toLines } from './http-lines.ts'

const options: readonly OptionDefinition[] = [
  { name: 'port', type: 'integer', required: true, summary: 'Where to listen; 0: any free port.', example: '8080' },
  { name: 'host', type: 'string', default: '127.0.0.1', summary: 'The address to listen at.' },
  { name: 'path', type: 'string', default: '/', summary: 'The path that takes rows.' },
  {
    name: 'queue.bytes',
    type: 'bytes',
    default: '16777216',
    summary: 'Bytes that wait at most; then requests get 429.',
  },
  {
    name: 'max-body.bytes',
    type: 'bytes',
    default: '8388608',
    summary: 'The largest request body; a larger one gets 413.',
  },
]

/**
 * Takes rows by HTTP POST: one JSON object, a JSON array of them, or NDJSON. Answers 202 with the number of records
 * queued, 429 with Retry-After while the queue is full. What was accepted and not yet stepped over is lost with the
 * process.
 */
export const http: Connector = {
  name: 'http',
  summary: 'Takes rows by HTTP POST.',
  options,
  takesFormat: true,
  source: { guarantee: 'at-most-once: it cannot be read again', create: relation => httpSource(relation) },
}

function httpSource(relation: Relation): Source {
  return {
    bounded: false,
    replays: false,
    open: async context => {
      const reader = new HttpReader(relation, context)
      await reader.listen()
      return [reader]
    },
  }
}

class HttpReader implements PartitionReader {
  readonly partition = '0'
  readonly #relation: Relation
  readonly #context: SourceContext
  readonly #server: Server
  readonly #queueBytes: number
  readonly #bodyBytes: number
  readonly #path: string
  #decoder: Decoder | undefined
  #queue: Buffer[] = []
  #queued = 0
  #taken = 0
  #closed = false
  #wake: (() => void) | undefined

  constructor(relation: Relation, context: SourceContext) {
    this.#relation = relation
    this.#context = context
    this.#queueBytes = Number(integerOption(relation, options, 'queue.bytes'))
    this.#bodyBytes = Number(integerOption(relation, options, 'max-body.bytes'))
    this.#path = textOption(relation, options, 'path') ?? '/'
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch((error: unknown) => {
        answer(response, 400, { error: error instanceof Error ? error.message : String(error) })
      })
    })
  }

  listen(): Promise<void> {
    const port = Number(integerOption(this.#relation, options, 'port'))
    const host = textOption(this.#relation, options, 'host') ?? '127.0.0.1'
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'another program listens there' : error.message
        reject(
          new StreamdownError('DSD3003', `table ${this.#relation.name}: cannot listen at ${host}:${port}: ${why}`, {
            cause: error,
          }),
        )
      })
      this.#server.listen(port, host, () => resolve())
    })
  }

  state(): 'ready' | 'idle' | 'ended' {
    if (this.#queue.length > 0) return 'ready'
    return this.#closed ? 'ended' : 'idle'
  }

  read(maxRows: number, memory: Memory, dead: DeadLetters): Batch | undefined {
    const [bytes] = this.#queue
    if (bytes === undefined) return undefined
    this.#decoder ??= createJsonDecoder(memory, this.#relation.schema, this.#context.scan.columns)
    const at = memory.chunk(bytes.length + PADDING)
    memory.u8(at, bytes.length).set(bytes)
    const decoded = this.#decoder.decode(at, bytes.length, maxRows, true)
    for (const { offset, raw, problem } of decoded.dead) {
      dead.add({ source: this.#relation.name, position: String(this.#taken + offset), raw, code: 'DSD4001', problem })
    }
    this.#queued -= decoded.consumed
    this.#taken += decoded.consumed
    if (decoded.consumed >= bytes.length) this.#queue.shift()
    else this.#queue[0] = bytes.subarray(decoded.consumed)
    return decoded.batch
  }

  position(): string {
    return String(this.#taken)
  }

  ready(): Promise<void> {
    if (this.state() !== 'idle') return Promise.resolve()
    return new Promise(resolve => {
      this.#wake = resolve
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#notify()
    this.#server.closeAllConnections()
    await new Promise<void>(resolve => this.#server.close(() => resolve()))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    if (path !== this.#path) return answer(response, 404, { error: `rows are taken at ${this.#path}` })
    if (request.method !== 'POST') return answer(response, 405, { error: 'send rows by POST' }, { allow: 'POST' })
    if (this.#queued >= this.#queueBytes) {
      return answer(response, 429, { error: 'the queue is full' }, { 'retry-after': '1' })
    }
    const parts: Buffer[] = []
    let length = 0
    for await (const part of request) {
      const bytes = part as Buffer
      length += bytes.length
      if (length > this.#bodyBytes) {
        return answer(response, 413, { error: `a body may have ${this.#bodyBytes} bytes` }, { connection: 'close' })
      }
      parts.push(bytes)
    }
    const { lines, records } = toLines(Buffer.concat(parts), request.headers['content-type'] ?? '')
    if (lines.length > 0) {
      this.#queue.push(lines)
      this.#queued += lines.length
      this.#notify()
    }
    answer(response, 202, { accepted: records })
  }

  #notify(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}

function answer(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(`${JSON.stringify(body)}\n`)
}
