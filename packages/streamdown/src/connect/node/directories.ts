import { mkdir, open, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * Makes a directory and those on the way to it that are missing. One after the other: mkdir's own `recursive` never
 * returns where a file system says that there is no such directory as the one to be made (/proc).
 */
export async function makeDirectory(place: string): Promise<void> {
  const missing: string[] = []
  let at = resolve(place)
  while (!(await isThere(at))) {
    missing.push(at)
    // A root that is not there: a drive, which making it will say.
    if (dirname(at) === at) break
    at = dirname(at)
  }
  for (const each of missing.reverse()) {
    await mkdir(each).catch((error: NodeJS.ErrnoException) => {
      // Another process was quicker.
      if (error.code !== 'EEXIST') throw error
    })
  }
  if (!(await stat(place)).isDirectory()) {
    throw Object.assign(new Error(`ENOTDIR: not a directory, '${place}'`), { code: 'ENOTDIR' })
  }
}

/** Whether there is something at a path. */
export const isThere = (place: string): Promise<boolean> =>
  stat(place).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )

/** What was renamed stays so after a crash. Where directories cannot be opened (Windows) the file system sees to it. */
export async function syncDirectory(place: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(place, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
