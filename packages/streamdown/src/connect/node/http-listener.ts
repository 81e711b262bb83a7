import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { StreamdownError } from '../../errors/error.ts'
import { markBytes } from '../../formats/format.ts'
import type { Lines } from './http-lines.ts'
import type { HttpQueue } from './http-queue.ts'

/** What takes the bodies that come to a path. */
export interface Intake {
  readonly path: string
  readonly queue: HttpQueue
  readonly mostBodyBytes: number
  /** How long a request may take to arrive. */
  readonly timeoutMs: number
  linesOf(body: Uint8Array, contentType: string): Lines
}

/** After a body was refused so much more of it is passed over, that its sender may finish and read the answer. */
const DRAINED_BYTES = 64 * 1024 * 1024

/**
 * The listeners of this process by address: all tables at one address share a server, and all tables at one path get
 * each request.
 */
const listeners = new Map<string, Listener>()

/** Opens the address, if it is not open yet, and takes requests for the intake. Throws DSD3003. */
export async function listen(host: string, port: number, intake: Intake, table: string): Promise<void> {
  const address = `${host}:${port}`
  let listener = listeners.get(address)
  if (listener === undefined) {
    listener = new Listener()
    listeners.set(address, listener)
  }
  listener.intakes.add(intake)
  try {
    await listener.open(host, port)
  } catch (error) {
    listener.intakes.delete(intake)
    if (listeners.get(address) === listener) listeners.delete(address)
    throw new StreamdownError('DSD3003', `Table ${table}: cannot listen at ${address}: ${reasonOf(error)}.`, {
      cause: error,
    })
  }
}

/** Takes no more requests for the intake; closes the address when nothing else listens there. */
export async function unlisten(host: string, port: number, intake: Intake): Promise<void> {
  const address = `${host}:${port}`
  const listener = listeners.get(address)
  if (listener?.intakes.delete(intake) !== true || listener.intakes.size > 0) return
  listeners.delete(address)
  await listener.close()
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return 'another program listens there'
  if (code === 'EACCES') return 'the system does not allow this port'
  return error.message
}

class Listener {
  readonly intakes = new Set<Intake>()
  readonly #server: Server
  #opened: Promise<void> | undefined

  constructor() {
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch((error: unknown) => {
        // The sender went away, or its request broke off.
        if (!response.headersSent) answer(response, 400, { error: reasonOf(error) })
      })
    })
  }

  open(host: string, port: number): Promise<void> {
    this.#opened ??= new Promise((resolve, reject) => {
      this.#server.on('error', reject)
      this.#server.listen(port, host, resolve)
    })
    return this.#opened
  }

  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  /** The shortest of all at this address: a request that is for none of them takes no longer either. */
  #timeoutMs(): number {
    return Math.min(...Array.from(this.intakes, ({ timeoutMs }) => timeoutMs))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0]
    const intakes = [...this.intakes].filter(intake => intake.path === path)
    const refusal = refusalOf(request, intakes, this.intakes)
    const late = setTimeout(() => giveUp(request, response), this.#timeoutMs())
    let body: Refusal | { readonly bytes: Uint8Array }
    try {
      body = refusal === undefined ? await receive(request, intakes) : refusal
      if ('status' in body && !request.readableEnded) await drain(request)
    } finally {
      clearTimeout(late)
    }
    if ('status' in body) {
      return answer(response, body.status, { error: body.error }, body.headers)
    }
    const { bytes } = body
    try {
      const content = bytes.subarray(markBytes(bytes))
      const all = intakes.map(intake => ({
        queue: intake.queue,
        lines: intake.linesOf(content, request.headers['content-type'] ?? ''),
      }))
      let records = 0
      for (const { lines } of all) {
        if (lines.is === 'problem') return answer(response, 400, { error: lines.problem })
        records = lines.records
      }
      for (const { queue, lines } of all) if (lines.is === 'lines') queue.add(lines.bytes)
      answer(response, 202, { accepted: records })
    } finally {
      for (const { queue } of intakes) queue.release(bytes.length)
    }
  }
}

/** Of a request that has not arrived in time: it is answered, and what waits for the rest of it fails. */
function giveUp(request: IncomingMessage, response: ServerResponse): void {
  response.on('finish', () => request.destroy())
  answer(response, 408, { error: 'the request took too long to arrive' }, { connection: 'close' })
}

interface Refusal {
  readonly status: number
  readonly error: string
  readonly headers?: Readonly<Record<string, string>>
}

function refusalOf(request: IncomingMessage, found: readonly Intake[], all: Iterable<Intake>): Refusal | undefined {
  if (found.length === 0) {
    const paths = [...new Set([...all].map(({ path }) => path))].join(', ')
    return { status: 404, error: `rows are taken at ${paths}` }
  }
  if (request.method !== 'POST') return { status: 405, error: 'send rows by POST', headers: { allow: 'POST' } }
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') return { status: 415, error: `send rows without content-encoding ${encoding}` }
  if (Number(request.headers['content-length'] ?? 0) > mostBytes(found)) return tooLarge(found)
  return undefined
}

const mostBytes = (intakes: readonly Intake[]): number => Math.min(...intakes.map(({ mostBodyBytes }) => mostBodyBytes))

const tooLarge = (intakes: readonly Intake[]): Refusal => ({
  status: 413,
  error: `a body may have ${mostBytes(intakes)} bytes`,
})

/** The body, with room for it held in every queue; or why not, with nothing held. */
async function receive(
  request: IncomingMessage,
  intakes: readonly Intake[],
): Promise<Refusal | { readonly bytes: Uint8Array }> {
  const parts: Uint8Array[] = []
  let length = 0
  let refusal: Refusal | undefined
  let passed = 0
  const release = (): void => {
    for (const { queue } of intakes) queue.release(length)
    parts.length = 0
    length = 0
  }
  try {
    for await (const part of request) {
      const bytes: Uint8Array = part
      if (refusal === undefined) {
        if (length + bytes.length > mostBytes(intakes)) refusal = tooLarge(intakes)
        else if (!holdAll(intakes, bytes.length)) {
          refusal = { status: 429, error: 'the queue is full', headers: { 'retry-after': '1' } }
        } else {
          parts.push(bytes)
          length += bytes.length
          continue
        }
        release()
      }
      passed += bytes.length
      if (passed > DRAINED_BYTES) request.destroy()
    }
  } catch (error) {
    release()
    throw error
  }
  return refusal ?? { bytes: Buffer.concat(parts, length) }
}

/** In all queues or in none. */
function holdAll(intakes: readonly Intake[], bytes: number): boolean {
  const held: Intake[] = []
  for (const intake of intakes) {
    if (intake.queue.hold(bytes)) held.push(intake)
    else {
      for (const { queue } of held) queue.release(bytes)
      return false
    }
  }
  return true
}

async function drain(request: IncomingMessage): Promise<void> {
  let passed = 0
  for await (const part of request) {
    const bytes: Uint8Array = part
    passed += bytes.length
    if (passed > DRAINED_BYTES) request.destroy()
  }
}

function answer(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(`${JSON.stringify(body)}\n`)
}
