import { randomUUID } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { link, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { StateStore } from '../../checkpoint/state-store.ts'
import { endsEarly, type StoredBytes } from '../../checkpoint/stored-bytes.ts'
import { StreamdownError } from '../../errors/error.ts'
import { makeDirectory, syncDirectory } from './directories.ts'
import { fileError } from './file-paths.ts'

const LOCK = 'lock'
const UNFINISHED = '.tmp'
/** The system reads 2 GB at a time at most. */
const MOST_AT_ONCE = 2 ** 30

/**
 * Opens a directory of checkpoints, made where it is missing. Files appear whole: written beside, brought to the disk,
 * and renamed. A lock file holds the process that has it open.
 * @throws StreamdownError DSD7003 while another process has it open, DSD3003 where it cannot be read or written.
 */
export async function openStateDirectory(place: string): Promise<StateStore> {
  try {
    await makeDirectory(place)
    await lock(place)
    for (const name of await readdir(place)) if (name.endsWith(UNFINISHED)) await rm(join(place, name))
  } catch (error) {
    throw fileError(error, place)
  }
  return new StateDirectory(place)
}

class StateDirectory implements StateStore {
  readonly place: string

  constructor(place: string) {
    this.place = place
  }

  async names(): Promise<readonly string[]> {
    return (await this.#reaching(() => readdir(this.place))).filter(name => !name.startsWith(LOCK))
  }

  async open(name: string): Promise<StoredBytes | undefined> {
    const path = join(this.place, name)
    try {
      return new StoredFile(path)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw fileError(error, path)
    }
  }

  async write(name: string, blocks: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#reaching(async () => {
      const unfinished = join(this.place, `${name}${UNFINISHED}`)
      const file = await open(unfinished, 'w')
      try {
        for await (const block of blocks) await file.writeFile(block)
        await file.sync()
      } catch (error) {
        // A disk that is full has room again.
        await rm(unfinished, { force: true })
        throw error
      } finally {
        await file.close()
      }
      await rename(unfinished, join(this.place, name))
      await syncDirectory(this.place)
    })
  }

  async remove(name: string): Promise<void> {
    await this.#reaching(() => rm(join(this.place, name), { force: true }))
  }

  async close(): Promise<void> {
    await this.remove(LOCK)
  }

  async #reaching<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw fileError(error, this.place)
    }
  }
}

class StoredFile implements StoredBytes {
  readonly length: number
  readonly #path: string
  readonly #file: number

  constructor(path: string) {
    this.#path = path
    this.#file = openSync(path, 'r')
    this.length = fstatSync(this.#file).size
  }

  read(at: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    let done = 0
    try {
      while (done < length) {
        const count = readSync(this.#file, bytes, done, Math.min(length - done, MOST_AT_ONCE), at + done)
        if (count === 0) throw endsEarly(this.length)
        done += count
      }
    } catch (error) {
      if (error instanceof RangeError) throw error
      throw fileError(error, this.#path)
    }
    return bytes
  }

  close(): void {
    closeSync(this.#file)
  }
}

/**
 * A process that was killed leaves its lock: it is taken over where that process runs no more. Numbers of processes are
 * used again, in a container always the same ones, so the lock says when its process started, too.
 */
async function lock(place: string): Promise<void> {
  // It appears with what it says: an empty one would look like one that was left.
  const own = join(place, `${LOCK}-${randomUUID()}`)
  await writeFile(own, `${process.pid} ${await startOf(process.pid)}`)
  try {
    const holder = await take(join(place, LOCK), own)
    if (holder !== undefined) throw new StreamdownError('DSD7003', `'${place}' is in use by process ${holder}.`)
  } finally {
    await rm(own)
  }
}

/** Undefined when the lock is ours now, else the process that has it. */
async function take(path: string, own: string): Promise<number | undefined> {
  for (;;) {
    try {
      await link(own, path)
      return undefined
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    const found = await textOf(path)
    if (found === undefined) continue
    const holder = await holderOf(found)
    if (holder !== undefined) return holder
    await removeLeft(path, own, found)
  }
}

/** Of several that find the same lock left, one removes it: it may be another's by the time that the next one does. */
async function removeLeft(path: string, own: string, found: string): Promise<void> {
  const right = `${path}-removal`
  while ((await take(right, own)) !== undefined) await setTimeout(10)
  try {
    if ((await textOf(path)) === found) await rm(path, { force: true })
  } finally {
    await rm(right)
  }
}

/** The process that a lock names, where it is running. */
async function holderOf(text: string): Promise<number | undefined> {
  const [holder = '', started = ''] = text.split(' ')
  const id = Number(holder)
  return id > 0 && isRunning(id) && (await startOf(id)) === started ? id : undefined
}

/** What a lock says; undefined where it has just been removed. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** When a process started, in ticks since the machine did; empty where the system does not say. */
async function startOf(id: number): Promise<string> {
  const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '')
  // The name of the program, in brackets, may hold blanks.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')
