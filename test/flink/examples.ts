import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { apiPrograms } from '../api-examples/programs.ts'

const here = dirname(fileURLToPath(import.meta.url))
const programs = join(apiPrograms, 'examples')

/** What has a text in Flink SQL, or says why not. */
interface Written {
  toSQL(): string
}

const isWritten = (value: unknown): value is Written =>
  typeof value === 'object' && value !== null && 'toSQL' in value && typeof value.toSQL === 'function'

/**
 * The relations that the shared programs export, by file and name. The copies lie in `folder`, inside the workspace, so that
 * imports are found, and take what is elsewhere from the stand-ins of test/api-examples.
 */
export async function exampleRelations(
  folder: string,
): Promise<readonly (readonly [name: string, relation: Written])[]> {
  mkdirSync(folder, { recursive: true })
  const standIn = relative(folder, join(here, '../api-examples/stand-in.ts'))
  const files = readdirSync(programs).filter(name => name.endsWith('.ts'))
  for (const name of files) {
    copyFileSync(join(programs, name), join(folder, name))
    const text = readFileSync(join(programs, name), 'utf8')
    writeFileSync(join(folder, name), text.replaceAll("'data-streamdown'", `'${standIn}'`))
  }
  const all: (readonly [string, Written])[] = []
  for (const name of files.filter(file => !/test/.test(file))) {
    const module: object = await import(pathToFileURL(join(folder, name)).href)
    for (const [exported, value] of Object.entries(module))
      if (isWritten(value)) all.push([`${name} ${exported}`, value])
  }
  return all
}
