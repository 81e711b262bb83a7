import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const given = resolve(here, '../../../shared/api')

/**
 * The programs that the API was designed by: `examples` must run, each line of `negative` that is marked must be refused.
 * `API_DIR` names others; else those beside the repository are taken, where they are, and the ones in it.
 */
export const apiPrograms: string = process.env['API_DIR'] ?? (existsSync(given) ? given : join(here, 'programs'))
