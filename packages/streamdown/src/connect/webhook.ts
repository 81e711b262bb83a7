import type { Memory } from '../batch/memory.ts'
import { RetryableError, StreamdownError } from '../errors/error.ts'
import { createJsonEncoder } from '../formats/json-encode.ts'
import type { Relation } from '../plan/nodes/node.ts'
import { durationOption, integerOption, textOption } from './options.ts'
import type { Sink } from './sink.ts'
import type { Connector, OptionDefinition } from './source.ts'

const options: readonly OptionDefinition[] = [
  {
    name: 'url',
    type: 'string',
    required: true,
    summary: 'Where rows are sent.',
    example: 'https://example.com/alerts',
  },
  { name: 'method', type: 'enum', values: ['POST', 'PUT'], default: 'POST', summary: 'The method of each request.' },
  { name: 'batch.rows', type: 'integer', default: '100', summary: 'Rows a request carries at most.' },
  {
    name: 'body',
    type: 'enum',
    values: ['ndjson', 'array', 'one'],
    default: 'ndjson',
    summary: 'A row a line, a JSON array, or one row a request.',
  },
  { name: 'timeout', type: 'duration', default: '30 s', summary: 'How long a request may take.' },
  { name: 'retry.attempts', type: 'integer', default: '8', summary: 'How often a request is tried in all.' },
  {
    name: 'retry.backoff',
    type: 'duration',
    default: '200 ms',
    summary: 'The pause before the second try; it doubles, up to 30 s.',
  },
]

const LONGEST_PAUSE_MS = 30_000

interface Request {
  readonly body: string
  readonly key: string
}

/**
 * Sends rows to an HTTP endpoint, in order, one request at a time. Each request has an Idempotency-Key made of table,
 * epoch and number, so that a receiver that keeps keys sees every row once. Options `header.NAME` become headers.
 */
export const webhook: Connector = {
  name: 'webhook',
  summary: 'Sends rows to an HTTP endpoint in batches, with retries.',
  options,
  sink: {
    guarantee: 'at-least-once; exactly-once where the receiver keeps Idempotency-Keys',
    create: relation => new WebhookSink(relation),
  },
}

class WebhookSink implements Sink {
  readonly accepts = 'append'
  readonly delivery = 'at-least-once'
  readonly #relation: Relation
  readonly #url: string
  readonly #method: string
  readonly #batchRows: number
  readonly #style: string
  readonly #timeoutMs: number
  readonly #attempts: number
  readonly #backoffMs: number
  readonly #headers: Record<string, string> = {}
  #queue: Request[] = []
  #backlog = 0
  #epoch = -1n
  #number = 0

  constructor(relation: Relation) {
    this.#relation = relation
    this.#url = textOption(relation, options, 'url') ?? ''
    this.#method = textOption(relation, options, 'method') ?? 'POST'
    this.#style = textOption(relation, options, 'body') ?? 'ndjson'
    this.#batchRows = this.#style === 'one' ? 1 : Math.max(1, Number(integerOption(relation, options, 'batch.rows')))
    this.#timeoutMs = durationOption(relation, options, 'timeout') ?? 30_000
    this.#attempts = Math.max(1, Number(integerOption(relation, options, 'retry.attempts')))
    this.#backoffMs = durationOption(relation, options, 'retry.backoff') ?? 200
    if (!URL.canParse(this.#url))
      throw new StreamdownError('DSD3002', `table ${relation.name}: '${this.#url}' is not a URL`)
    for (const [name, value] of Object.entries(relation.options)) {
      if (name.startsWith('header.')) this.#headers[name.slice('header.'.length)] = value
    }
  }

  async open(): Promise<void> {
    return undefined
  }

  write(batch: Parameters<Sink['write']>[0], memory: Memory, epoch: bigint): void {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#number = 0
    }
    const text = new TextDecoder().decode(createJsonEncoder(memory, this.#relation.schema).encode(batch))
    const lines = text.split('\n').filter(line => line !== '')
    for (let at = 0; at < lines.length; at += this.#batchRows) {
      const some = lines.slice(at, at + this.#batchRows)
      const body =
        this.#style === 'array' ? `[${some.join(',')}]` : this.#style === 'one' ? some.join('') : `${some.join('\n')}\n`
      this.#queue.push({ body, key: `${this.#relation.name}-${epoch}-${this.#number++}` })
      this.#backlog += body.length
    }
  }

  backlog(): number {
    return this.#backlog
  }

  async flush(): Promise<void> {
    while (this.#queue.length > 0) {
      const [request] = this.#queue
      if (request === undefined) return
      await this.#deliver(request)
      this.#queue.shift()
      this.#backlog -= request.body.length
    }
  }

  async prepare(): Promise<string> {
    await this.flush()
    return ''
  }

  async commit(): Promise<void> {
    await this.flush()
  }

  async abort(): Promise<void> {
    this.#queue = []
    this.#backlog = 0
  }

  async close(): Promise<void> {
    await this.flush()
  }

  async #deliver(request: Request): Promise<void> {
    let pause = this.#backoffMs
    for (let attempt = 1; ; attempt++) {
      const problem = await this.#attempt(request)
      if (problem === undefined) return
      if (attempt >= this.#attempts) {
        throw new RetryableError('DSD6001', `webhook ${this.#url}: ${problem}, after ${attempt} tries`)
      }
      await new Promise(resolve => setTimeout(resolve, pause))
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    }
  }

  /** Undefined when the rows were taken, else what went wrong; throws where another try cannot help. */
  async #attempt({ body, key }: Request): Promise<string | undefined> {
    const type = this.#style === 'ndjson' ? 'application/x-ndjson' : 'application/json'
    let response: Response
    try {
      response = await fetch(this.#url, {
        method: this.#method,
        headers: { 'content-type': type, 'idempotency-key': key, ...this.#headers },
        body,
        signal: AbortSignal.timeout(this.#timeoutMs),
      })
    } catch (error) {
      return error instanceof Error
        ? `${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ''}`
        : String(error)
    }
    await response.arrayBuffer()
    if (response.ok) return undefined
    if (response.status >= 500 || response.status === 408 || response.status === 425 || response.status === 429) {
      return `answered ${response.status}`
    }
    throw new StreamdownError(
      'DSD6001',
      `webhook ${this.#url}: answered ${response.status}, which another try does not mend`,
    )
  }
}
