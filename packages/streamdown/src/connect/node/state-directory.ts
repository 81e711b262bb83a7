import { link, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StateStore } from '../../checkpoint/state-store.ts'
import { StreamdownError } from '../../errors/error.ts'
import { makeDirectory, syncDirectory } from './directories.ts'
import { fileError } from './file-paths.ts'

const LOCK = 'lock'
const UNFINISHED = '.tmp'

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

  async read(name: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(join(this.place, name))
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw fileError(error, join(this.place, name))
    }
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.#reaching(async () => {
      const unfinished = join(this.place, `${name}${UNFINISHED}`)
      const file = await open(unfinished, 'w')
      try {
        await file.writeFile(bytes)
        await file.sync()
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

/**
 * A process that was killed leaves its lock: it is taken over where that process runs no more. Numbers of processes are
 * used again, in a container always the same ones, so the lock says when its process started, too.
 */
async function lock(place: string): Promise<void> {
  const path = join(place, LOCK)
  // It appears with what it says: an empty one would look like one that was left.
  const own = join(place, `${LOCK}-${process.pid}`)
  await writeFile(own, `${process.pid} ${await startOf(process.pid)}`)
  for (;;) {
    try {
      await link(own, path)
      await rm(own)
      return
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    const [holder = '', started = ''] = (await readFile(path, 'utf8').catch(() => '')).split(' ')
    if (Number(holder) > 0 && isRunning(Number(holder)) && (await startOf(Number(holder))) === started) {
      await rm(own)
      throw new StreamdownError('DSD7003', `'${place}' is in use by process ${holder}.`)
    }
    await rm(path, { force: true })
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
