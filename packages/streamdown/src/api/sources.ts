import type { Timestamp } from '../values/timestamp.ts'
import { Sink, Source, SourceAndSink } from './connector.ts'
import type { SourceDraft } from './draft/source-draft.ts'
import type { Duration } from './duration.ts'
import { objectGiven, textGiven } from './given.ts'

/** The formats of files, pipes and requests. Default: what the file's name says, else NDJSON. */
export type Format = 'json' | 'csv' | 'parquet'

export interface FileOptions {
  readonly format?: Format
  /** Go on reading as the file grows. */
  readonly follow?: boolean
  /** Further options of the connector or the format, by their SQL names: `{ 'csv.field-delimiter': ';' }`. */
  readonly with?: Readonly<Record<string, string>>
}

/** A file, or several by a pattern; `.gz` and `.zst` are unpacked. Parquet, CSV and JSON files tell their own columns. */
export function file<R = unknown>(
  path: string,
  options: FileOptions = {},
): SourceAndSink<R, unknown, 'final', 'exactly-once'> {
  textGiven('file() wants a path', path)
  objectGiven('The options of file() are an object', options)
  return new SourceAndSink(
    draft('file', {
      path,
      format: options.format ?? formatOf(path),
      'source.monitor-interval': options.follow === true ? '1 s' : undefined,
      ...options.with,
    }),
  )
}

/** Lines that come through the pipe. */
export function stdin<R = unknown>(options: { readonly format?: Format } = {}): Source<R> {
  const { format = 'json' } = objectGiven('The options of stdin() are an object', options)
  return new Source(draft('stdin', { format }))
}

/** Lines into the pipe. */
export function stdout(options: { readonly format?: Format } = {}): Sink<unknown, 'final', 'at-least-once'> {
  const { format = 'json' } = objectGiven('The options of stdout() are an object', options)
  return new Sink(draft('stdout', { format }))
}

export interface HttpOptions {
  readonly port: number
  readonly host?: string
  readonly path?: string
  readonly format?: Format
}

/** Rows that others POST: one, an array, or NDJSON. A full queue answers 429. */
export function http<R = unknown>(options: HttpOptions): Source<R> {
  const { port, host, path, format } = objectGiven('http() wants its options, { port: 8080 }', options)
  return new Source(draft('http', { port: String(port), host, path, format: format ?? 'json' }))
}

export interface DatagenOptions {
  readonly rowsPerSecond?: number
  /** Ends after so many rows. */
  readonly rows?: number
  readonly seed?: number
  /** Flink's options for each column: `{ 'fields.id.kind': 'sequence', ... }`. */
  readonly with?: Readonly<Record<string, string>>
}

/** Made-up rows for any schema; the same seed gives the same rows. */
export function datagen(options: DatagenOptions = {}): Source<unknown> {
  const { rowsPerSecond, rows, seed } = objectGiven('The options of datagen() are an object', options)
  return new Source(
    draft('datagen', {
      'rows-per-second': text(rowsPerSecond),
      'number-of-rows': text(rows),
      seed: text(seed),
      ...options.with,
    }),
  )
}

/** A row of `stream(deadLetters())`. */
export interface DeadLetterRow {
  failed_at: Timestamp
  program: string
  /** The operator, or the source. */
  operator: string
  step: bigint
  code: string
  problem: string
  /** Of a record that could not be decoded: where it was read, and its bytes. */
  position: string | null
  raw: Uint8Array | null
  /** Of a row that failed: its columns as JSON. */
  failed_row: string | null
}

/** The records and rows of this program that fail: `stream(deadLetters()).into(file('dead.ndjson'))`. */
export function deadLetters(): Source<DeadLetterRow> {
  return new Source(draft('dead-letters', {}))
}

export interface NexmarkPerson {
  id: bigint
  name: string
  emailAddress: string
  creditCard: string
  city: string
  state: string
  dateTime: Timestamp
  extra: string
}

export interface NexmarkAuction {
  id: bigint
  itemName: string
  description: string
  initialBid: bigint
  reserve: bigint
  dateTime: Timestamp
  expires: Timestamp
  seller: bigint
  category: bigint
  extra: string
}

export interface NexmarkBid {
  auction: bigint
  bidder: bigint
  price: bigint
  channel: string
  url: string
  dateTime: Timestamp
  extra: string
}

/** An event of the Nexmark benchmark: `event_type` says which of the three is there. */
export interface NexmarkEvent {
  event_type: number
  person: NexmarkPerson | null
  auction: NexmarkAuction | null
  bid: NexmarkBid | null
}

/** The events of the Nexmark benchmark, the same for the same seed on every machine. */
export function nexmark(
  options: { readonly events?: number; readonly eventsPerSecond?: number; readonly seed?: number } = {},
): Source<NexmarkEvent> {
  const { events, eventsPerSecond, seed } = objectGiven('The options of nexmark() are an object', options)
  return new Source(
    draft('nexmark', { 'events.num': text(events), 'first-event.rate': text(eventsPerSecond), seed: text(seed) }),
  )
}

/** Any connector by its name and options, as SQL's WITH takes them. */
export function connector<R = unknown>(
  name: string,
  options: Readonly<Record<string, string>> = {},
): SourceAndSink<R, unknown, 'final' | 'updates', 'at-least-once'> {
  textGiven('connector() wants the name of a connector', name)
  return new SourceAndSink({
    connector: name,
    options: objectGiven('The options of connector() are an object', options),
  })
}

export interface WebhookOptions {
  readonly method?: 'POST' | 'PUT'
  readonly headers?: Readonly<Record<string, string>>
  /** Rows in one request at most. Default 100. */
  readonly batch?: number
  /** Times a failed request is tried again, with growing pauses. Default 5. */
  readonly retries?: number
  readonly timeout?: Duration
}

/** Rows by HTTP request, in batches, with an idempotency key. */
export function webhook(url: string, options: WebhookOptions = {}): Sink<unknown, 'final', 'at-least-once'> {
  textGiven('webhook() wants a URL', url)
  const { method, headers, batch, retries, timeout } = objectGiven('The options of webhook() are an object', options)
  const named = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [`headers.${name}`, value]))
  return new Sink(
    draft('webhook', { url, method, 'batch.rows': text(batch), retries: text(retries), timeout, ...named }),
  )
}

/** Every change as a line on the terminal. */
export function print(): Sink<unknown, 'final' | 'updates', 'at-least-once'> {
  return new Sink(draft('print', {}))
}

/** Takes every row and keeps none: for measuring. */
export function blackhole(): Sink<unknown, 'final' | 'updates', 'exactly-once'> {
  return new Sink(draft('blackhole', {}))
}

function draft(name: string, options: Readonly<Record<string, string | undefined>>): SourceDraft {
  const given: Record<string, string> = {}
  for (const [key, value] of Object.entries(options)) if (value !== undefined) given[key] = value
  return { connector: name, options: given }
}

const text = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value))

function formatOf(path: string): Format {
  const name = path.replace(/\.(gz|zst)$/, '')
  if (name.endsWith('.csv')) return 'csv'
  return name.endsWith('.parquet') ? 'parquet' : 'json'
}
