// Remembers, by hash, what was last installed and built, so that nothing is done twice.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const folder = join(root, 'node_modules/.data-streamdown')

export function hashOf(parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex')
}

export function readStamp(name) {
  try {
    return readFileSync(join(folder, name), 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

export function writeStamp(name, value) {
  mkdirSync(folder, { recursive: true })
  const temporary = join(folder, `${name}.${process.pid}.tmp`)
  writeFileSync(temporary, value)
  renameSync(temporary, join(folder, name))
}
