import { StreamdownError } from '../errors/error.ts'
import type { RelationDraft } from './draft/relation-draft.ts'

/*
 * What a program gives is checked where it is given: types do not hold for JavaScript, nor for what is cast, and a plan is
 * run far from the line that made it.
 */

/** A value as a message shows it; never throws, as `String` and `JSON.stringify` may. */
export function shown(given: unknown): string {
  switch (typeof given) {
    case 'string':
      return JSON.stringify(given)
    case 'bigint':
      return `${given}n`
    case 'function':
      return given.name === '' ? 'a function' : `the function ${given.name}`
    case 'object':
      if (given === null) return 'null'
      return Array.isArray(given) ? 'an array' : 'an object'
    default:
      return String(given)
  }
}

/** @throws StreamdownError DSD5007 with what is wanted and what was given. */
export function refuse(wants: string, given: unknown): never {
  throw new StreamdownError('DSD5007', `${wants}, not ${shown(given)}.`)
}

/** @internal `wants` as in `col() wants a column's name`. */
export const textGiven = (wants: string, given: unknown): string =>
  typeof given === 'string' ? given : refuse(wants, given)

/** @internal */
export const objectGiven = <T>(wants: string, given: T): NonNullable<T> & object =>
  typeof given === 'object' && given !== null ? given : refuse(wants, given)

/** @internal */
export const codeGiven = <T>(wants: string, given: T): T => (typeof given === 'function' ? given : refuse(wants, given))

/** @internal */
export function listGiven<T>(wants: string, given: readonly T[]): readonly T[] {
  return Array.isArray(given) ? given : refuse(wants, given)
}

/** @internal Names of columns. */
export function columnsGiven<C extends string>(method: string, columns: readonly C[]): readonly C[] {
  for (const column of columns) textGiven(`${method}() wants names of columns`, column)
  return columns
}

/** @internal The plan of a stream or table. */
export function draftGiven(method: string, given: { readonly '~draft': RelationDraft }): RelationDraft {
  const wants = `${method}() wants a stream or table`
  return objectGiven(wants, given)['~draft'] ?? refuse(wants, given)
}

/** @internal What a source or sink is made of. */
export function connectorGiven<D>(method: string, given: { readonly '~connector': D }): D {
  const wants = `${method}() wants a source or sink such as file('rows.ndjson')`
  return objectGiven(wants, given)['~connector'] ?? refuse(wants, given)
}

/** @internal The texts of a tagged template. */
export function piecesGiven(tag: string, pieces: readonly string[]): readonly string[] {
  const wants = `${tag} is written before a template: ${tag}\`…\``
  if (!Array.isArray(pieces) || pieces.length === 0) return refuse(wants, pieces)
  return pieces.map(piece => textGiven(wants, piece))
}
