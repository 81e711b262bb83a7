import { readFileSync } from 'node:fs'
import type { Relation } from '../../plan/nodes/node.ts'
import { fileError, pathOf } from './file-paths.ts'

const OPTION = 'protobuf.schema'

/** The relation with the text of its .proto file where the option has the file's path. Throws DSD3003. */
export function withSchemaText(relation: Relation): Relation {
  const given = relation.options[OPTION]
  if (given === undefined || !given.trimEnd().endsWith('.proto')) return relation
  try {
    return { ...relation, options: { ...relation.options, [OPTION]: readFileSync(pathOf(given.trim()), 'utf8') } }
  } catch (error) {
    throw fileError(error, given)
  }
}
