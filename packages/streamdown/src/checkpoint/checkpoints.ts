import { StreamdownError } from '../errors/error.ts'
import { BlockDigest, blocksOf, inBlocks, textDigest } from './blocks.ts'
import type { StateStore } from './state-store.ts'
import type { StoredBytes } from './stored-bytes.ts'

/** Older ones are removed: an error of the disk in the last one need not be the end of all. */
const KEPT = 3
const FORMAT = 3

/** Says that a checkpoint is whole, and of which program it is. Written behind its bytes. */
interface Manifest {
  readonly format: typeof FORMAT
  readonly number: number
  readonly bytes: number
  /** Of the SHA-256 of each block (`BlockDigest`). */
  readonly sha256: string
  /** SHA-256 of what identifies the program. */
  readonly program: string
}

/**
 * The checkpoints of a program in a store: each is its bytes, `checkpoint-N.state`, and then its manifest,
 * `checkpoint-N.json`, without which it does not count.
 */
export class Checkpoints {
  readonly #store: StateStore
  readonly #program: string
  /** Of those that are whole, the oldest first. */
  #numbers: readonly number[]

  private constructor(store: StateStore, program: string, numbers: readonly number[]) {
    this.#store = store
    this.#program = program
    this.#numbers = numbers
  }

  /** `identity`: text that is the same when, and only when, the program goes on from the same state. */
  static async open(store: StateStore, identity: string): Promise<Checkpoints> {
    const names = await store.names()
    const numbersOf = (suffix: string): readonly number[] =>
      names.flatMap(name => (name.endsWith(suffix) ? (/^checkpoint-(\d+)\./.exec(name)?.[1] ?? []) : [])).map(Number)
    const numbers = [...numbersOf('.json')].sort((a, b) => a - b)
    for (const number of numbersOf('.state')) if (!numbers.includes(number)) await store.remove(stateName(number))
    return new Checkpoints(store, await textDigest(identity), numbers)
  }

  /**
   * The bytes of the last one, all of them looked through; undefined before the first. Whoever takes them closes them.
   * @throws StreamdownError DSD7001 when it is damaged, DSD7002 when it is another program's.
   */
  async last(): Promise<StoredBytes | undefined> {
    const number = this.#numbers.at(-1)
    if (number === undefined) return undefined
    const { place } = this.#store
    const manifest = await this.#manifest(number)
    if (manifest.program !== this.#program) {
      throw new StreamdownError(
        'DSD7002',
        `'${place}' holds the state of another program, or of this one before it was changed (checkpoint ${number}).`,
      )
    }
    const stored = await this.#store.open(stateName(number))
    if (stored === undefined) throw this.#damaged(number, `'${stateName(number)}' is missing`)
    try {
      await this.#lookThrough(number, stored, manifest)
      return stored
    } catch (error) {
      stored.close()
      throw error
    }
  }

  /** Keeps one more, part by part as they are made. When it resolves, a restart goes on from it. */
  async write(parts: Iterable<Uint8Array>): Promise<void> {
    const number = (this.#numbers.at(-1) ?? 0) + 1
    const digest = new BlockDigest()
    await this.#store.write(stateName(number), digest.through(inBlocks(parts)))
    const manifest: Manifest = {
      format: FORMAT,
      number,
      bytes: digest.bytes,
      sha256: await digest.sum(),
      program: this.#program,
    }
    const text = new TextEncoder().encode(`${JSON.stringify(manifest)}\n`)
    await this.#store.write(manifestName(number), new BlockDigest().through([text]))
    this.#numbers = [...this.#numbers, number]
    for (const old of this.#numbers.slice(0, -KEPT)) {
      await this.#store.remove(manifestName(old))
      await this.#store.remove(stateName(old))
    }
    this.#numbers = this.#numbers.slice(-KEPT)
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  async #lookThrough(number: number, stored: StoredBytes, { bytes, sha256 }: Manifest): Promise<void> {
    if (stored.length !== bytes) {
      throw this.#damaged(number, `'${stateName(number)}' has ${stored.length} bytes of ${bytes}`)
    }
    const digest = new BlockDigest()
    for (const block of blocksOf(stored)) await digest.add(block)
    if ((await digest.sum()) !== sha256) {
      throw this.#damaged(number, `the bytes of '${stateName(number)}' are not those that were written`)
    }
  }

  async #manifest(number: number): Promise<Manifest> {
    const stored = await this.#store.open(manifestName(number))
    const text = new TextDecoder().decode(stored?.read(0, stored.length))
    stored?.close()
    const manifest = parsed(text)
    if (manifest === undefined) {
      throw this.#damaged(number, `'${manifestName(number)}' is no manifest of format ${FORMAT}`)
    }
    return manifest
  }

  #damaged(number: number, what: string): StreamdownError {
    const before = this.#numbers.at(-2)
    const { place } = this.#store
    return new StreamdownError(
      'DSD7001',
      before === undefined
        ? `checkpoint ${number} in '${place}' is damaged: ${what}. It is the only one: without the directory the program starts anew.`
        : `checkpoint ${number} in '${place}' is damaged: ${what}. Without its two files the program goes on from checkpoint ${before}.`,
    )
  }
}

const padded = (number: number): string => String(number).padStart(8, '0')
const stateName = (number: number): string => `checkpoint-${padded(number)}.state`
const manifestName = (number: number): string => `checkpoint-${padded(number)}.json`

function parsed(text: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isManifest(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isManifest(value: unknown): value is Manifest {
  if (value === null || typeof value !== 'object') return false
  const { format, bytes, sha256: sum, program } = value as Partial<Record<keyof Manifest, unknown>>
  return format === FORMAT && typeof bytes === 'number' && typeof sum === 'string' && typeof program === 'string'
}
