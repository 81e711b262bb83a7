import type { BoundStatement } from './bind/statement.ts'
import type { Catalog } from './catalog.ts'

/** Does to the catalog what a bound CREATE or DROP says; everything else is the session's. */
export function applyToCatalog(catalog: Catalog, statement: BoundStatement): void {
  switch (statement.is) {
    case 'createTable': {
      const exists = catalog.find(statement.table.name) !== undefined
      if (!(exists && statement.ifNotExists)) catalog.define(statement.table)
      return
    }
    case 'createView':
    case 'createMaterializedView': {
      const exists = catalog.find(statement.view.name) !== undefined
      if (!(exists && statement.ifNotExists)) catalog.define(statement.view)
      return
    }
    case 'createIndex':
      if (statement.ruled !== undefined) catalog.define(statement.ruled.table)
      catalog.define(statement.index)
      return
    case 'insert':
      // The first INSERT into a table that was declared without columns gives it its columns.
      if (catalog.find(statement.table.name) !== statement.table) catalog.define(statement.table)
      return
    case 'statementSet':
      for (const insert of statement.inserts) applyToCatalog(catalog, insert)
      return
    case 'createFunction':
      catalog.defineFunction(statement.entry)
      return
    case 'createType':
      catalog.defineType(statement.name, statement.type)
      return
    case 'createSchema':
      catalog.defineSchema(statement.name)
      return
    case 'drop':
      for (const schema of statement.schemas ?? []) catalog.dropSchema(schema)
      for (const name of statement.names) {
        if (statement.kind === 'function') catalog.dropFunction(name)
        else if (statement.kind !== 'other') catalog.drop(name)
      }
      return
    default:
      return
  }
}
