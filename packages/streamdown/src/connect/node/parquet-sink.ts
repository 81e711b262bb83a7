import { open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { ParquetWriter, SchemaElement } from 'hyparquet-writer'
import type { Batch } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { readValue, weightsOf } from '../../batch/values.ts'
import { StreamdownError } from '../../errors/error.ts'
import { intervalText, jsonTextOf } from '../../formats/value-text.ts'
import type { Relation } from '../../plan/nodes/node.ts'
import type { DataType } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { isNumeric, numericText } from '../../values/numeric.ts'
import type { Claim, Sink } from '../sink.ts'
import { isThere, syncDirectory } from './directories.ts'
import { fileError } from './file-paths.ts'
import { fileOf, placeOf } from './sink-place.ts'

const GROUP_ROWS = 100_000

/** What an epoch left to commit: files that are whole, under a temporary name, and the names that they get. */
interface Prepared {
  readonly epoch: string
  readonly files: readonly (readonly [temporary: string, path: string])[]
}

/**
 * Parquet files, written under a temporary name, row group by row group: a reader never sees half of one. Nothing can be
 * put behind a whole file, so each epoch with rows has a file of its own, `NAME-epoch-NUMBER.parquet`, which gets that
 * name when the epoch is committed, or when the program ends; one that never saves its state writes one file, `NAME.parquet`,
 * at its end.
 */
export class ParquetSink implements Sink {
  readonly accepts = 'append'
  readonly delivery = 'exactly-once'
  readonly #relation: Relation
  readonly #overwrite: boolean
  #path: string
  #temporary = ''
  #library: typeof import('hyparquet-writer') | undefined
  #parquetSchema: SchemaElement[] = []
  /** Of the epoch that is being written; none before its first row. */
  #writer: ParquetWriter | undefined
  #columns: unknown[][] = []
  #rows = 0
  /** Rows of the steps before the one that is running: those stay when it fails. */
  #settled = 0
  #step = 0n
  /** Prepared and not committed. */
  #pending: Prepared['files'] = []
  /** Whether rows lie in files of epochs. */
  #inEpochs = false
  /** The program saves its state: rows are published with it, or not at all. */
  #saved = false
  #failed = false
  /** Whether an older file of the name is still there, until rows take its place. */
  #replaces = false

  constructor(path: string, relation: Relation, overwrite: boolean) {
    this.#path = path
    this.#relation = relation
    this.#overwrite = overwrite
    this.#empty()
  }

  async alone(): Promise<Claim> {
    return { at: resolve(await fileOf(this.#path, 'parquet')), where: 'any program' }
  }

  async open(from?: string): Promise<void> {
    try {
      this.#path = await placeOf(this.#path, 'parquet')
      this.#saved = from !== undefined
      if (from === undefined) await this.#makeRoom()
      else await this.#cutBack(preparedOf(from))
      this.#temporary = `${this.#path}.${process.pid}.part`
      const [library, { parquetSchemaOf }] = await Promise.all([import('hyparquet-writer'), import('./parquet.ts')])
      this.#library = library
      this.#parquetSchema = parquetSchemaOf(this.#relation.schema)
    } catch (error) {
      throw fileError(error, this.#path)
    }
  }

  write(batch: Batch, memory: Memory, step: bigint): void {
    if (step !== this.#step) this.#settle(step)
    const weights = weightsOf(memory, batch)
    for (const [index, { type }] of this.#relation.schema.entries()) {
      const column = batch.columns[index]
      const values = this.#columns[index]
      if (column === undefined || values === undefined) throw new StreamdownError('DSD9002', 'A batch lacks a column.')
      for (const [row, weight] of weights.entries()) {
        const value = parquetValue(type, readValue(memory, column, row))
        for (let copy = 0; copy < weight; copy++) values.push(value)
      }
    }
    for (const weight of weights) this.#rows += Math.max(0, weight)
  }

  /** What is written reaches the reader when its epoch is committed, or at the end, so nothing is ever behind. */
  backlog(): number {
    return 0
  }

  async flush(): Promise<void> {}

  async prepare(epoch: bigint): Promise<string> {
    this.#saved = true
    const path = pathOfEpoch(this.#path, epoch)
    if (await this.#finish(`${path}.part`)) {
      this.#inEpochs = true
      this.#pending = [...this.#pending, [`${path}.part`, path]]
    }
    return JSON.stringify({ epoch: String(epoch), files: this.#pending } satisfies Prepared)
  }

  async commit(_epoch: bigint, prepared: string): Promise<void> {
    const { files } = preparedOf(prepared)
    await this.#publish(files)
    this.#pending = this.#pending.filter(([, path]) => !files.some(([, published]) => published === path))
  }

  async abort(step: bigint): Promise<void> {
    this.#failed = true
    if (step !== this.#step) return
    for (const values of this.#columns) values.length = this.#settled
    this.#rows = this.#settled
  }

  async close(): Promise<void> {
    if (this.#library === undefined) return
    if (this.#failed && this.#saved) await this.#discard()
    else await this.#publishRest()
    this.#library = undefined
  }

  async #publishRest(): Promise<void> {
    const path = this.#inEpochs ? pathOfEpoch(this.#path, this.#step) : this.#path
    // Who looks for the one file finds it, if without rows.
    if (!this.#inEpochs && !this.#failed) this.#writer ??= this.#newWriter()
    if (await this.#finish(`${path}.part`)) this.#pending = [...this.#pending, [`${path}.part`, path]]
    await this.#publish(this.#pending)
  }

  /** What was written since the last epoch; those that are prepared wait for whoever goes on from their snapshot. */
  async #discard(): Promise<void> {
    this.#empty()
    await this.#writer?.finish()
    this.#writer = undefined
    await rm(this.#temporary, { force: true })
  }

  /** The first run: what is there goes, or is refused. */
  async #makeRoom(): Promise<void> {
    const there = [...((await isThere(this.#path)) ? [this.#path] : []), ...(await epochFiles(this.#path)).keys()]
    if (there.length === 0) return
    if (!this.#overwrite) {
      throw new StreamdownError(
        'DSD3002',
        `'${there[0]}' exists, and rows cannot be appended to a Parquet file: set sink.mode = 'overwrite'.`,
      )
    }
    // The one file stays until new ones take its place.
    this.#replaces = true
    for (const path of there) if (path !== this.#path) await rm(path, { force: true })
  }

  /** Files that were written behind the snapshot go: their rows come again. */
  async #cutBack({ epoch, files }: Prepared): Promise<void> {
    for (const [temporary, path] of files) {
      if ((await isThere(temporary)) || (await isThere(path))) continue
      throw new StreamdownError(
        'DSD7004',
        `'${path}' is missing, with rows that were written before the saved state this program goes on from.`,
      )
    }
    const found = await epochFiles(this.#path)
    const unfinished = await epochFiles(this.#path, '.part')
    for (const [path, of] of [...found, ...unfinished]) if (of > BigInt(epoch)) await rm(path)
    await rm(this.#path, { force: true })
    for (const left of await leftBy(this.#path)) await rm(left, { force: true })
    this.#inEpochs = files.length > 0 || [...found.values()].some(of => of <= BigInt(epoch))
    this.#pending = files
  }

  async #publish(files: Prepared['files']): Promise<void> {
    try {
      for (const [temporary, path] of files) {
        // Not there: a commit before this one has done it.
        if (await isThere(temporary)) await rename(temporary, path)
      }
      if (files.length > 0) await syncDirectory(dirname(this.#path))
      // What was there before the first run, and is to be written over.
      if (this.#replaces && files.some(([, path]) => path !== this.#path)) await rm(this.#path, { force: true })
      this.#replaces &&= files.length === 0
    } catch (error) {
      throw fileError(error, this.#path)
    }
  }

  /** The rows since the last file as a whole file on the disk; false when there are none. */
  async #finish(path: string): Promise<boolean> {
    if (this.#rows > 0) this.#writeGroup()
    const writer = this.#writer
    if (writer === undefined) return false
    this.#writer = undefined
    try {
      await writer.finish()
      const file = await open(this.#temporary, 'r+')
      await file.datasync()
      await file.close()
      await rename(this.#temporary, path)
    } catch (error) {
      throw fileError(error, this.#path)
    }
    return true
  }

  /** The steps before `step` have ended: their rows may go into the file. */
  #settle(step: bigint): void {
    if (this.#rows >= GROUP_ROWS) this.#writeGroup()
    this.#settled = this.#rows
    this.#step = step
  }

  #writeGroup(): void {
    const columnData = this.#relation.schema.map(({ name }, index) => ({ name, data: this.#columns[index] ?? [] }))
    try {
      this.#writer ??= this.#newWriter()
      // The file writer is synchronous, so that nothing is left to wait for.
      this.#writer.write({ columnData, rowGroupSize: this.#rows })
    } catch (error) {
      throw fileError(error, this.#path)
    }
    this.#empty()
  }

  #newWriter(): ParquetWriter {
    if (this.#library === undefined) throw new StreamdownError('DSD9002', 'A sink is written to before it is open.')
    const { ParquetWriter, fileWriter } = this.#library
    return new ParquetWriter({ writer: fileWriter(this.#temporary), schema: this.#parquetSchema })
  }

  #empty(): void {
    this.#columns = this.#relation.schema.map(() => [])
    this.#rows = 0
    this.#settled = 0
  }
}

function preparedOf(text: string): Prepared {
  const { epoch, files }: Prepared = JSON.parse(text)
  return { epoch, files }
}

/** Nobody else's names have this in them. */
const EPOCH = '-epoch-'

/** Digits of an epoch in a file's name: in the order of the names lie the rows as they came. */
const EPOCH_DIGITS = 12

const pathOfEpoch = (path: string, epoch: bigint): string =>
  `${path.replace(/\.parquet$/, '')}${EPOCH}${String(epoch).padStart(EPOCH_DIGITS, '0')}.parquet`

/** What processes that were killed were writing: whoever goes on from saved state is the only one that writes. */
async function leftBy(path: string): Promise<readonly string[]> {
  const start = `${basename(path)}.`
  const directory = dirname(path)
  return (await readdir(directory))
    .filter(entry => entry.startsWith(start) && /^\d+\.part$/.test(entry.slice(start.length)))
    .map(entry => join(directory, entry))
}

/** Files of epochs beside a path, and the epoch of each; `suffix`: behind the name that they get. */
async function epochFiles(path: string, suffix: '' | '.part' = ''): Promise<ReadonlyMap<string, bigint>> {
  const name = basename(path).replace(/\.parquet$/, '')
  const found = new Map<string, bigint>()
  for (const entry of await readdir(dirname(path))) {
    const end = `.parquet${suffix}`
    if (!entry.startsWith(`${name}${EPOCH}`) || !entry.endsWith(end)) continue
    const digits = entry.slice(name.length + EPOCH.length, -end.length)
    if (digits.length >= EPOCH_DIGITS && /^\d+$/.test(digits)) found.set(join(dirname(path), entry), BigInt(digits))
  }
  return found
}

/** A value as the writer takes it. */
function parquetValue(type: DataType, value: Value): unknown {
  if (value === null) return null
  switch (type.is) {
    case 'row':
      return Object.fromEntries(
        type.fields.map((each, index) => [
          each.name,
          parquetValue(each.type, Array.isArray(value) ? (value[index] ?? null) : null),
        ]),
      )
    case 'array':
      return Array.isArray(value) ? value.map(item => parquetValue(type.element, item)) : []
    case 'map':
      return jsonTextOf(type, value, false)
    case 'numeric':
      return isNumeric(value) ? numericText(value) : null
    case 'interval':
      return typeof value === 'object' && 'months' in value ? intervalText(value) : null
    default:
      return value
  }
}
