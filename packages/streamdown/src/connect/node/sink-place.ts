import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeDirectory } from './directories.ts'

/** The file that a sink's path means: in a directory one of its own. */
export async function fileOf(path: string, format: string): Promise<string> {
  const directory = path.endsWith('/') || (await isDirectory(path))
  return directory ? join(path, `part-0.${suffixes[format] ?? format}`) : path
}

const suffixes: Readonly<Record<string, string>> = { json: 'ndjson', arrow: 'arrows' }

/** The same, with the directories on the way made. */
export async function placeOf(path: string, format: string): Promise<string> {
  const file = await fileOf(path, format)
  await makeDirectory(dirname(file))
  return file
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}
