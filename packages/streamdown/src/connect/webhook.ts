import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Batch } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { RetryableError, StreamdownError } from '../errors/error.ts'
import type { Encoder } from '../formats/format.ts'
import { createJsonEncoder } from '../formats/json-encode.ts'
import type { OptionDefinition } from '../options/definition.ts'
import { durationOption, integerOption, refuseUnknown, textOption } from '../options/read.ts'
import type { Relation } from '../plan/nodes/node.ts'
import type { Sink } from './sink.ts'
import type { Connector } from './source.ts'

const options: readonly OptionDefinition[] = [
  {
    name: 'url',
    type: 'string',
    required: true,
    summary: 'Where rows are sent.',
    example: 'https://example.com/alerts',
  },
  { name: 'method', type: 'enum', values: ['POST', 'PUT'], default: 'POST', summary: 'The method of each request.' },
  { name: 'batch.rows', type: 'integer', default: '100', summary: 'Rows that a request carries at most.' },
  {
    name: 'body',
    type: 'enum',
    values: ['ndjson', 'array', 'one'],
    default: 'ndjson',
    summary: 'A row a line, a JSON array, or one row a request.',
  },
  { name: 'timeout', type: 'duration', default: '30 s', summary: 'How long a request may take.' },
  {
    name: 'retries',
    type: 'integer',
    default: '5',
    summary:
      'How often a request is tried again after a broken connection, a timeout, or the answers 408, 425, 429 and 5xx.',
  },
  {
    name: 'retry.backoff',
    type: 'duration',
    default: '200 ms',
    summary: 'The pause before the second try; it doubles, up to 30 s. A longer Retry-After is kept to, up to 30 s.',
  },
  {
    name: 'headers.#',
    type: 'string',
    summary: 'A header of each request; `#` is its name.',
    example: 'Bearer 7d3c',
  },
]

const LONGEST_PAUSE_MS = 30_000
const SHOWN_ANSWER = 200

interface Request {
  readonly step: bigint
  readonly body: string
  readonly key: string
}

/** Why a try failed, and how long the receiver asked to wait. */
interface Refusal {
  readonly problem: string
  readonly waitMs: number
}

/**
 * Sends rows to an HTTP endpoint, in order, one request at a time. Each request has an Idempotency-Key made of table,
 * epoch, number and content, the same at every try and after a restart: a receiver that keeps keys sees every row once.
 * A request that is refused for good, or that no try brings through, stops the program; its rows stay at the head of
 * the queue and are sent first at the next flush.
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
  readonly #tries: number
  readonly #backoffMs: number
  readonly #headers: Readonly<Record<string, string>>
  readonly #encoders = new WeakMap<Memory, Encoder>()
  #queue: Request[] = []
  #backlog = 0
  #epoch = -1n
  #number = 0
  #sending: Promise<void> | undefined

  constructor(relation: Relation) {
    refuseUnknown(relation, options, ['headers.'])
    this.#relation = relation
    this.#url = textOption(relation, options, 'url') ?? ''
    this.#method = textOption(relation, options, 'method') ?? 'POST'
    this.#style = textOption(relation, options, 'body') ?? 'ndjson'
    const rows = Number(integerOption(relation, options, 'batch.rows', { least: 1n }))
    this.#batchRows = this.#style === 'one' ? 1 : rows
    this.#timeoutMs = durationOption(relation, options, 'timeout') ?? LONGEST_PAUSE_MS
    this.#tries = 1 + Number(integerOption(relation, options, 'retries', { least: 0n }))
    this.#backoffMs = durationOption(relation, options, 'retry.backoff') ?? 0
    if (!/^https?:$/.test(URL.parse(this.#url)?.protocol ?? '')) {
      throw new StreamdownError('DSD3002', `Table ${relation.name}: '${this.#url}' is not a URL of http or https.`)
    }
    this.#headers = headersOf(relation, this.#style)
  }

  async open(): Promise<void> {
    return undefined
  }

  write(batch: Batch, memory: Memory, epoch: bigint): void {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#number = 0
    }
    let encoder = this.#encoders.get(memory)
    if (encoder === undefined) {
      encoder = createJsonEncoder(memory, this.#relation.schema)
      this.#encoders.set(memory, encoder)
    }
    const lines = new TextDecoder().decode(encoder.encode(batch)).split('\n')
    lines.pop()
    for (let at = 0; at < lines.length; at += this.#batchRows) this.#enqueue(lines.slice(at, at + this.#batchRows))
  }

  backlog(): number {
    return this.#backlog
  }

  /** One sender at a time, also when asked twice. Throws DSD6001, a RetryableError where the receiver may recover. */
  flush(): Promise<void> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  async prepare(): Promise<string> {
    await this.flush()
    return ''
  }

  commit(): Promise<void> {
    return this.flush()
  }

  async abort(step: bigint): Promise<void> {
    this.#queue = this.#queue.filter(request => request.step !== step)
    this.#backlog = this.#queue.reduce((bytes, { body }) => bytes + body.length, 0)
  }

  async close(): Promise<void> {
    return undefined
  }

  #enqueue(rows: readonly string[]): void {
    const body = this.#style === 'array' ? `[${rows.join(',')}]` : rows.map(row => `${row}\n`).join('')
    const content = bytesToHex(sha256(new TextEncoder().encode(body)).subarray(0, 8))
    this.#queue.push({
      step: this.#epoch,
      body,
      key: `${this.#relation.name}-${this.#epoch}-${this.#number++}-${content}`,
    })
    this.#backlog += body.length
  }

  async #send(): Promise<void> {
    for (let request = this.#queue[0]; request !== undefined; request = this.#queue[0]) {
      await this.#deliver(request)
      if (this.#queue[0] !== request) continue
      this.#queue.shift()
      this.#backlog -= request.body.length
    }
  }

  async #deliver(request: Request): Promise<void> {
    let pause = this.#backoffMs
    for (let tries = 1; ; tries++) {
      const refusal = await this.#try(request)
      if (refusal === undefined) return
      if (tries >= this.#tries) {
        const times = tries === 1 ? 'at the one try' : `at each of ${tries} tries`
        throw new RetryableError('DSD6001', `Table ${this.#relation.name}: ${this.#url} ${refusal.problem}, ${times}.`)
      }
      const ms = Math.min(Math.max(pause, refusal.waitMs), LONGEST_PAUSE_MS)
      await new Promise(resolve => setTimeout(resolve, ms))
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    }
  }

  /** Undefined when the rows were taken, else why not; throws where another try cannot help. */
  async #try({ body, key }: Request): Promise<Refusal | undefined> {
    let response: Response
    let text: string
    try {
      response = await fetch(this.#url, {
        method: this.#method,
        headers: { ...this.#headers, 'idempotency-key': key },
        body,
        // A redirect would turn POST into GET and lose the rows.
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#timeoutMs),
      })
      text = await response.text()
    } catch (error) {
      return { problem: `cannot be reached (${reasonOf(error)})`, waitMs: 0 }
    }
    if (response.ok) return undefined
    const { status } = response
    if (status >= 500 || status === 408 || status === 425 || status === 429) {
      return { problem: `answered ${status}`, waitMs: Number(response.headers.get('retry-after') ?? 0) * 1000 || 0 }
    }
    const location = response.headers.get('location')
    const shown = location === null ? text.trim().slice(0, SHOWN_ANSWER) : `see ${location}`
    const answer = shown === '' ? `${status}` : `${status} (${shown})`
    throw new StreamdownError(
      'DSD6001',
      `Table ${this.#relation.name}: ${this.#url} answered ${answer}, which another try does not mend.`,
    )
  }
}

function headersOf(relation: Relation, style: string): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': style === 'array' || style === 'one' ? 'application/json' : 'application/x-ndjson',
  }
  for (const [name, value] of Object.entries(relation.options)) {
    if (name.startsWith('headers.')) headers[name.slice('headers.'.length).toLowerCase()] = value
  }
  try {
    new Headers(headers)
  } catch (error) {
    throw new StreamdownError('DSD3002', `Table ${relation.name}: headers.*: ${reasonOf(error)}.`, { cause: error })
  }
  return headers
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (!(error.cause instanceof Error)) return error.message
  const { cause } = error
  return cause.message === '' && 'code' in cause ? String(cause.code) : cause.message
}
