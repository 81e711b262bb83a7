import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { StreamdownError } from '../../errors/error.ts'
import type { SpillStore } from '../../run/spill/spill-store.ts'

let opened = 0

/** A store in files of a directory, the system's for temporary files unless said; nothing is opened before the first write. */
export function openSpillFiles(directory: string = tmpdir()): SpillStore {
  return new SpillFiles(resolve(directory))
}

interface SpillFile {
  readonly descriptor: number
  /** What the last write put there; the file itself may be longer, by one before it. */
  length: number
}

/** A file a name, which has no name in the file system: its bytes go with the process, however it ends. */
class SpillFiles implements SpillStore {
  readonly #directory: string
  readonly #files = new Map<string, SpillFile>()

  constructor(directory: string) {
    this.#directory = directory
  }

  write(name: string, parts: readonly Uint8Array[]): void {
    this.#reaching(() => {
      const file = this.#files.get(name) ?? this.#open(name)
      file.length = 0
      let at = 0
      for (const part of parts) {
        for (let written = 0; written < part.length; ) {
          written += writeSync(file.descriptor, part, written, part.length - written, at + written)
        }
        at += part.length
      }
      file.length = at
    })
  }

  read(name: string, parts: readonly Uint8Array[]): void {
    this.#reaching(() => {
      const { descriptor, length } = this.#files.get(name) ?? { descriptor: -1, length: 0 }
      let at = 0
      for (const part of parts) {
        for (let read = 0; read < part.length; ) {
          const left = Math.min(part.length - read, length - at - read)
          const bytes = left <= 0 ? 0 : readSync(descriptor, part, read, left, at + read)
          if (bytes === 0) throw new Error(`${name} ends after ${at + read} bytes`)
          read += bytes
        }
        at += part.length
      }
    })
  }

  remove(name: string): void {
    const file = this.#files.get(name)
    if (file !== undefined) closeSync(file.descriptor)
    this.#files.delete(name)
  }

  close(): void {
    for (const name of [...this.#files.keys()]) this.remove(name)
  }

  #open(name: string): SpillFile {
    opened += 1
    const path = join(this.#directory, `dsd-spill-${process.pid}-${opened}`)
    const file = { descriptor: openSync(path, 'wx+', 0o600), length: 0 }
    unlinkSync(path)
    this.#files.set(name, file)
    return file
  }

  #reaching(work: () => void): void {
    try {
      work()
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      throw new StreamdownError('DSD7103', `'${this.#directory}': ${problem}.`, { cause: error })
    }
  }
}
