import { didYouMean } from '../../values/nearest.ts'
import type { Identifier, Name } from '../parse/ast.ts'
import type { BindContext } from './context.ts'
import { lastPart } from './names.ts'
import { fail } from './problem.ts'

/** The schema that is always there: names of its tables stand without it. */
const DEFAULT_SCHEMA = 'public'
/** Its names in the dialects. */
const defaultSchemas: ReadonlySet<string> = new Set([DEFAULT_SCHEMA, 'default_database', 'default'])

type Lookup = Pick<BindContext, 'catalog' | 'names' | 'settings'>

/**
 * The name under which the catalog has, or would have, a table or view: with its schema, where CREATE SCHEMA made one of
 * that name; other catalogs, databases and schemas before it are one namespace. A bare name is looked for along
 * `search_path`.
 */
export function relationName({ catalog, names, settings }: Lookup, name: Name): string {
  const bare = names.fold(lastPart(name))
  const written = name.parts.at(-2)
  if (written !== undefined) return inSchema(catalog.findSchema(names.fold(written), names.same), bare)
  for (const schema of searchPath(settings.search_path)) {
    const found = catalog.findSchema(schema, names.same)
    const full = inSchema(found, bare)
    if ((found !== undefined || schema === DEFAULT_SCHEMA) && catalog.find(full, names.same) !== undefined) return full
  }
  return bare
}

/** The name under which CREATE puts a table or view: a bare one goes into the first schema of the search path. */
export function createdName({ catalog, names, settings }: Lookup, name: Name): string {
  const bare = names.fold(lastPart(name))
  const written = name.parts.at(-2)
  if (written !== undefined) {
    const schema = names.fold(written)
    const found = catalog.findSchema(schema, names.same)
    if (found === undefined && !defaultSchemas.has(schema.toLowerCase()))
      fail(
        'DSD2001',
        `There is no schema "${schema}".${didYouMean(schema, catalog.schemas())} CREATE SCHEMA makes one.`,
        written.at,
      )
    return inSchema(found, bare)
  }
  for (const schema of searchPath(settings.search_path)) {
    const found = catalog.findSchema(schema, names.same)
    if (found !== undefined || schema === DEFAULT_SCHEMA) return inSchema(found, bare)
  }
  return bare
}

/** The schema of a table in the catalog; undefined for the one whose names stand without it. */
export function schemaOf({ catalog, names }: Lookup, name: Name): string | undefined {
  const written = name.parts.at(-2)
  return written === undefined ? undefined : catalog.findSchema(names.fold(written), names.same)
}

/** The name of another table in the schema of one. */
export function nameBeside({ catalog, names }: Pick<Lookup, 'catalog' | 'names'>, full: string, bare: string): string {
  const dot = full.lastIndexOf('.')
  return inSchema(dot < 0 ? undefined : catalog.findSchema(full.slice(0, dot), names.same), bare)
}

/** The name of a table in another schema; undefined when there is none of that name. */
export function nameIn({ catalog, names }: Lookup, schema: Identifier, bare: string): string | undefined {
  const wanted = names.fold(schema)
  const found = catalog.findSchema(wanted, names.same)
  return found === undefined && wanted !== DEFAULT_SCHEMA ? undefined : inSchema(found, bare)
}

const inSchema = (schema: string | undefined, bare: string): string =>
  schema === undefined ? bare : `${schema}.${bare}`

const searchPath = (setting: string): readonly string[] =>
  setting.split(',').map(part => part.trim().replace(/^["'](.*)["']$/, '$1'))
